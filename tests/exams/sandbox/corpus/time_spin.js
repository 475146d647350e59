// expect: TLE
// cpu: 200
// slow: yes
// what: An endless loop that never returns to the event loop.
process.on("SIGTERM", () => {});
process.on("SIGXCPU", () => {});
for (;;);
