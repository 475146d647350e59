// expect: AC
// slow: yes
// what: Growing the pipe, making it non-blocking or asking for signals changes nothing for whoever reads it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    for (int file = 1; file < 3; file++) {
        fcntl(file, F_SETPIPE_SZ, 1 << 24);
        fcntl(file, F_SETPIPE_SZ, 4096);
        fcntl(file, F_SETOWN, 1);
        fcntl(file, F_SETSIG, SIGKILL);
        fcntl(file, F_SETFL, O_ASYNC | O_NONBLOCK | O_DIRECT);
    }
    fcntl(1, F_SETFL, 0);
    puts("contained");
}
