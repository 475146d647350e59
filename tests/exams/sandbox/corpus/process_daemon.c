// expect: AC
// what: fork, setsid, fork: the second child would live on after the judge has gone.
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

int main(void)
{
    pid_t first = fork();
    if (first == 0) {
        setsid();
        if (fork() == 0) {
            signal(SIGHUP, SIG_IGN);
            for (int number = 0; number < 64; number++)
                close(number);
            for (;;)
                sleep(1000);
        }
        _exit(0);
    }
    puts(first < 0 ? "contained" : "hole: a daemon lives on");
}
