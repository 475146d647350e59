// expect: AC RE
// slow: yes
// what: So has x32, whose numbers carry bit 30.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    long forked = syscall(0x40000000 | SYS_fork);
    if (forked == 0)
        _exit(0);
    if (forked > 0)
        puts("hole: fork");
    if (syscall(0x40000000 | SYS_getpid) > 0)
        puts("hole: getpid");
    if (syscall(0x40000000 | SYS_socket, 2, 1, 0) >= 0)
        puts("hole: socket");
    puts("contained");
}
