// expect: AC
// what: No limit can be raised, no priority taken, no real-time class entered.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int holes;

static void hole(const char *what, int number)
{
    printf("hole: %s %d\n", what, number);
    holes++;
}

int main(void)
{
    struct sched_param top = {.sched_priority = 1}, none = {0};
    struct rlimit limit;
    int needed[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE, RLIMIT_MEMLOCK};
    for (unsigned number = 0; number < sizeof needed / sizeof *needed; number++) {
        getrlimit(needed[number], &limit);
        if (limit.rlim_max == RLIM_INFINITY)
            hole("no limit", needed[number]);
    }
    for (int number = 0; number < RLIM_NLIMITS; number++) {
        getrlimit(number, &limit);
        if (limit.rlim_max == RLIM_INFINITY)
            continue;
        limit.rlim_max++;
        if (setrlimit(number, &limit) == 0 || prlimit(0, number, &limit, 0) == 0)
            hole("raised limit", number);
    }
    getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max)
        hole("core files", 0);
    errno = 0;
    int now = getpriority(PRIO_PROCESS, 0);
    if (setpriority(PRIO_PROCESS, 0, now - 1) == 0)
        hole("priority", now);
    if (sched_setscheduler(0, SCHED_FIFO, &top) == 0 || sched_setscheduler(0, SCHED_RR, &top) == 0)
        hole("real-time class", 0);
    if (sched_setscheduler(1, SCHED_BATCH, &none) == 0)
        hole("scheduling of pid 1", 0);
    if (syscall(SYS_ioprio_set, 1, 0, 1 << 13) == 0)
        hole("real-time input", 0);
    if (!holes)
        puts("contained");
}
