// expect: AC
// stdin: नमस्ते दुनिया
// answer: नमस्ते दुनिया 13 ₹
// what: Hindi in and out of Node.
const line = require("fs").readFileSync(0, "utf8").trim();
console.log(`${line} ${line.length} ₹`);
