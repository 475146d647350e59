// expect: CE AC WA
// slow: yes
// what: What the compiler itself is given to read is nothing but the source.
#include "/dev/stdin"
#include "/dev/fd/0"
int main(void) { return 0; }
