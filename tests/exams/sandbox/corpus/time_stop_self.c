// expect: TLE
// cpu: 100
// what: A process that stops itself is not waited for longer than the wall limit.
#include <signal.h>

int main(void)
{
    for (;;)
        raise(SIGSTOP);
}
