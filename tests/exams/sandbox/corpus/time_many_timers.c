// expect: TLE RE
// slow: yes
// cpu: 300
// what: Signals at itself by a thousand timers, each handler starting them anew.
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void again(int number)
{
    struct itimerval soon = {{0, 10}, {0, 10}};
    (void)number;
    setitimer(ITIMER_REAL, &soon, 0);
    setitimer(ITIMER_VIRTUAL, &soon, 0);
    setitimer(ITIMER_PROF, &soon, 0);
    alarm(1);
}

int main(void)
{
    struct itimerspec often = {{0, 1000}, {0, 1000}};
    signal(SIGALRM, again);
    signal(SIGVTALRM, again);
    signal(SIGPROF, again);
    for (int number = 0; number < 1000; number++) {
        timer_t one;
        if (timer_create(CLOCK_MONOTONIC, 0, &one) == 0)
            timer_settime(one, 0, &often, 0);
    }
    again(0);
    for (;;) {
    }
}
