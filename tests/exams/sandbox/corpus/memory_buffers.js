// expect: RE MLE
// memory: 64
// what: Buffers lie outside the heap that V8 counts.
const kept = [];
for (;;) kept.push(Buffer.alloc(1 << 22, 1));
