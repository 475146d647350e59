// expect: AC
// stdin: 5 7
// answer: 35
// slow: yes
// what: The events of process.stdin, and an exit by name.
let all = "";
process.stdin.on("data", (part) => (all += part));
process.stdin.on("end", () => {
  console.log(all.trim().split(" ").reduce((a, b) => a * b));
  process.exit(0);
});
