// expect: CE
// slow: yes
// what: Zeros without end.
#include "/dev/zero"
int main(void) { return 0; }
