// expect: AC
// what: The same from Node, with its own report of the process.
const told = JSON.stringify([process.env, process.argv, process.execArgv, process.title]);
const words = ["CANARY", "SECRET_KEY", "DATABASE_URL", "@ROOT@", "PYTEST"];
const holes = words.filter((word) => told.includes(word));
console.log(holes.length ? `hole: ${holes}` : "contained");
