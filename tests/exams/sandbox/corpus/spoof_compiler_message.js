// expect: RE
// slow: yes
// what: A message that looks like the compiler's is an error of the run.
console.error("/code/main.js:1\nSyntaxError: Invalid or unexpected token\nmain.c:1:1: error: expected declaration");
process.exit(1);
