// expect: AC
// what: Killing everybody it can see, its parent and pid 1 kills nothing that matters; the verdict is its own.
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

int main(void)
{
    int numbers[] = {SIGSTOP, SIGTERM, SIGHUP, SIGINT, SIGKILL};
    for (int turn = 0; turn < 5; turn++) {
        kill(getppid(), numbers[turn]);
        kill(1, numbers[turn]);
        for (pid_t other = 1; other < 5000; other++)
            if (other != getpid())
                kill(other, numbers[turn]);
    }
    signal(SIGTERM, SIG_IGN);
    kill(-1, SIGKILL);
    puts("contained");
}
