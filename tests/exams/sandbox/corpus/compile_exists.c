// expect: AC
// what: The compiler does not even tell whether a file of the app is there.
#include <stdio.h>
#if __has_include("@SECRET@") || __has_include("@PROJECT@/manage.py") || __has_include("/etc/shadow")
#error "hole: it is there"
#endif
#if __has_include("/proc/self/environ") || __has_include("@ROOT@/.bashrc") || __has_include("/sys/class")
#error "hole: it is there"
#endif
int main(void) { puts("contained"); }
