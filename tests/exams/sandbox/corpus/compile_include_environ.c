// expect: CE
// slow: yes
// what: Nor is the compiler's own environment or its descriptors.
#include "/proc/self/environ"
#include "/proc/self/cmdline"
#include "/proc/self/fd/3"
int main(void) { return 0; }
