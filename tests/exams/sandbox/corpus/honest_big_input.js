// expect: AC
// cpu: 2000
// memory: 256
// stdin: numbers
// answer: numbers
// slow: yes
// what: The same from /dev/stdin, as many a template does it.
const numbers = require("fs").readFileSync("/dev/stdin", "utf8").split(/\s+/);
let sum = 0;
for (const one of numbers) sum += Number(one);
console.log(sum);
