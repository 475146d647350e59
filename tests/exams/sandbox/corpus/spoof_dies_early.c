// expect: RE
// slow: yes
// what: It dies before its first line, so early that the sandbox has hardly said that it began.
#include <unistd.h>

__attribute__((constructor)) static void at_once(void)
{
    _exit(255);
}

int main(void)
{
    return 0;
}
