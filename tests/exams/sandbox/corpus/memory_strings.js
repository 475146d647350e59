// expect: RE MLE
// memory: 64
// slow: yes
// what: Typed arrays and SharedArrayBuffers without end.
const kept = [];
for (;;) {
  kept.push(new Float64Array(1 << 19).fill(1));
  kept.push(new Uint8Array(new SharedArrayBuffer(1 << 22)).fill(1));
}
