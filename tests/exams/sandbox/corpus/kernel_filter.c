// expect: AC
// slow: yes
// what: A filter of its own cannot soften the one it has.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct sock_filter allow[] = {{0x06, 0, 0, 0x7fff0000}};
    struct sock_fprog program = {1, allow};
    prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
    prctl(PR_SET_SECCOMP, 2, &program, 0, 0);
    syscall(SYS_seccomp, 1, 0, &program);
    int listener = (int)syscall(SYS_seccomp, 1, 8, &program);
    long forked = syscall(SYS_fork);
    if (forked == 0)
        _exit(0);
    int opened = (int)syscall(SYS_socket, 2, 1, 0);
    if (forked > 0 || opened >= 0 || listener > 64)
        puts("hole: the filter gave way");
    else
        puts("contained");
}
