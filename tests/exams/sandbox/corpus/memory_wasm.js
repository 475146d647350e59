// expect: AC RE MLE
// memory: 64
// slow: yes
// what: WebAssembly memory is bounded too; reserving addresses is no use of them.
const kept = [];
let pages = 0;
try {
  for (let turn = 0; turn < 64; turn++) {
    const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
    new Uint8Array(memory.buffer).fill(1);
    kept.push(memory);
    pages += 256;
  }
} catch {
  // refused
}
console.log(pages * 65536 < 600 << 20 ? "contained" : `hole: ${pages} pages`);
