// expect: AC
// answer: ready
// slow: yes
// what: Noise, the clock, a hash, a buffer, BigInt and what process and os tell.
const crypto = require("crypto");
const os = require("os");
const whole =
  crypto.randomBytes(8).length === 8 && crypto.createHash("sha256").update("x").digest("hex").length === 64 &&
  Math.random() < 1 && process.hrtime.bigint() > 0n && os.cpus() !== null &&
  2n ** 100n > 1n && new Date().getFullYear() > 2000 && typeof process.cwd() === "string";
console.log(whole ? "ready" : "blocked");
