// expect: AC
// what: No other process can be traced, read, written or robbed of its descriptors.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int holes;

static void tried(const char *how, long got)
{
    if (got >= 0) {
        printf("hole: %s\n", how);
        holes++;
    }
}

int main(void)
{
    char room[64];
    struct iovec here = {room, sizeof room}, there = {(void *)0x400000, sizeof room};
    pid_t others[] = {1, getppid(), 2, 3};
    for (int number = 0; number < 4; number++) {
        pid_t other = others[number];
        if (other == getpid())
            continue;
        tried("attach", ptrace(PTRACE_ATTACH, other, 0, 0));
        tried("seize", ptrace(PTRACE_SEIZE, other, 0, 0));
        tried("read", process_vm_readv(other, &here, 1, &there, 1, 0));
        tried("write", process_vm_writev(other, &here, 1, &there, 1, 0));
        int handle = (int)syscall(SYS_pidfd_open, other, 0);
        for (int file = 0; file < 16 && handle >= 0; file++)
            tried("pidfd_getfd", syscall(SYS_pidfd_getfd, handle, file, 0));
        tried("kcmp", syscall(SYS_kcmp, getpid(), other, 0, 0, 0));
        snprintf(room, sizeof room, "/proc/%d/mem", other);
        tried("memory of another", open(room, O_RDWR));
        snprintf(room, sizeof room, "/proc/%d/environ", other);
        tried("environment of another", open(room, O_RDONLY));
    }
    tried("own memory", open("/proc/self/mem", O_RDWR));
    tried("trace me", ptrace(PTRACE_TRACEME, 0, 0, 0));
    if (!holes)
        puts("contained");
}
