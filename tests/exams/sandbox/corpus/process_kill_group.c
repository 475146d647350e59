// expect: AC RE
// slow: yes
// what: A signal to its own group may end it; the judge is in another one.
#include <signal.h>
#include <stdio.h>

int main(void)
{
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    killpg(0, SIGTERM);
    puts("contained");
}
