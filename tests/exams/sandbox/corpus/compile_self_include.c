// expect: CE
// slow: yes
// what: A source that includes itself.
#include __FILE__
int main(void) { return 0; }
