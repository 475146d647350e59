// expect: CE
// slow: yes
// what: Twice, so that there are two to the depth of them.
#include __FILE__
#include __FILE__
int main(void) { return 0; }
