// expect: TLE
// cpu: 100
// slow: yes
// what: It takes back that it dies with its parent, leaves its session and sleeps; nothing is left of it.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NAME, "bwrap");
    setsid();
    setpgid(0, 0);
    signal(SIGHUP, SIG_IGN);
    for (;;)
        sleep(1000);
}
