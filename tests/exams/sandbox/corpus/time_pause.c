// expect: TLE
// cpu: 100
// slow: yes
// what: Waiting for a signal nobody sends ends at the wall limit.
#include <signal.h>
#include <unistd.h>

int main(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (;;)
        pause();
}
