// expect: CE
// slow: yes
// what: Noise without end.
#include "/dev/urandom"
int main() { return 0; }
