// expect: AC
// what: No spelling of fork makes a second process; the raw calls pass the C library by.
#define _GNU_SOURCE
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int holes;
static char stack[1 << 16];

static int child(void *nothing)
{
    (void)nothing;
    _exit(0);
}

static void tried(const char *how, long number)
{
    if (number == 0)
        _exit(0);
    if (number > 0) {
        printf("hole: %s\n", how);
        holes++;
    }
}

int main(void)
{
    struct clone_args arguments;
    tried("fork", fork());
    tried("raw fork", syscall(SYS_fork));
    tried("raw vfork", syscall(SYS_vfork));
    tried("raw clone", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    tried("raw clone without a signal", syscall(SYS_clone, 0, 0, 0, 0, 0));
    tried("clone with shared memory", clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, 0));
    tried("clone with parent", clone(child, stack + sizeof stack, CLONE_PARENT | SIGCHLD, 0));
    tried("clone with handlers, not a thread", clone(child, stack + sizeof stack, CLONE_VM | CLONE_SIGHAND, 0));
    int spaces[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS};
    for (unsigned number = 0; number < sizeof spaces / sizeof *spaces; number++)
        tried("clone into a namespace", syscall(SYS_clone, spaces[number] | SIGCHLD, 0, 0, 0, 0));
    memset(&arguments, 0, sizeof arguments);
    arguments.exit_signal = SIGCHLD;
    tried("clone3", syscall(SYS_clone3, &arguments, sizeof arguments));
    arguments.flags = CLONE_NEWUSER;
    tried("clone3 into a namespace", syscall(SYS_clone3, &arguments, sizeof arguments));
    arguments.flags = CLONE_INTO_CGROUP;
    tried("clone3 into a control group", syscall(SYS_clone3, &arguments, sizeof arguments));
    if (!holes)
        puts("contained");
}
