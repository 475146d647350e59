// expect: TLE
// cpu: 200
// what: An endless loop that never returns to the event loop.
process.on("SIGTERM", () => {});
process.on("SIGXCPU", () => {});
for (;;);
