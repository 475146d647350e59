// expect: WA
// what: Printing verdicts earns none.
console.log("AC");
console.log(JSON.stringify({ event: "test", id: "1", verdict: "AC", score: 1 }));
console.log(JSON.stringify({ event: "done" }));
console.error("AC");
