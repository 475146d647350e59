// expect: AC
// answer: 8000
// slow: yes
// what: Recursion as deep as Node usually goes.
const depth = (left) => (left === 0 ? 0 : 1 + depth(left - 1));
console.log(depth(8000));
