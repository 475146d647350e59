// expect: WA RE
// stdins: 0 | 1
// what: It lowers every limit of the sandbox's first process and disturbs it in all ways: no verdict of the machine's.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int code = 0;
    struct rlimit none = {0, 0};
    cpu_set_t one;
    if (scanf("%d", &code) != 1)
        return 0;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    for (pid_t other = 1; other < 5; other++) {
        if (other == getpid())
            continue;
        for (int number = 0; number < RLIM_NLIMITS; number++)
            prlimit(other, number, &none, 0);
        sched_setaffinity(other, sizeof one, &one);
        setpriority(PRIO_PROCESS, other, 19);
        setpgid(other, 0);
        for (int number = 1; number < 65; number++)
            for (int turn = 0; turn < 100; turn++) {
                union sigval value = {.sival_int = turn};
                kill(other, number);
                sigqueue(other, number, value);
            }
    }
    for (int number = 0; number < RLIM_NLIMITS; number++)
        if (number != RLIMIT_CPU)
            setrlimit(number, &none);
    puts("no answer");
    fflush(stdout);
    _exit(code);
}
