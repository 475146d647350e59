// expect: AC
// memory: 256
// answer: 199990000
// slow: yes
// what: A map of many entries and a typed array of a hundred megabytes.
const map = new Map();
for (let number = 0; number < 200_000; number++) map.set(`k${number}`, number);
const plain = new Int32Array(25 << 20).fill(1);
let sum = 0;
for (let number = 0; number < 20_000; number++) sum += map.get(`k${number}`);
console.log(sum + plain[12345] - 1);
