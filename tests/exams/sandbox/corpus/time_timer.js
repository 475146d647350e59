// expect: TLE
// cpu: 100
// slow: yes
// what: A timer keeps the event loop alive for ever without using CPU time.
setInterval(() => {}, 1_000_000);
