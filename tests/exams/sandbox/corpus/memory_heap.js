// expect: RE MLE
// memory: 64
// cpu: 4000
// slow: yes
// what: A list without end in V8's own heap.
const kept = [];
for (;;) kept.push(new Array(1000).fill(kept.length));
