// expect: AC
// stdin: 5 7
// answer: 12
// what: readline, asynchronous iteration, a promise and a timer.
const lines = require("readline").createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    const [a, b] = line.split(" ").map(Number);
    await new Promise((done) => setTimeout(done, 5));
    console.log(a + b);
  }
})();
