// expect: OLE RE MLE
// slow: yes
// what: Output without end; what Node keeps back itself may fill its memory first.
const { writeSync } = require("fs");
for (;;) writeSync(1, "x".repeat(1 << 16));
