// expect: CE
// what: A file of the system is not there for the compiler either, so its message cannot show it.
#include "/etc/shadow"
#include "/etc/gshadow"
int main(void) { return 0; }
