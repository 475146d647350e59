// expect: TLE
// cpu: 300
// what: Every signal that can be ignored or caught is, SIGTERM and SIGXCPU first; it is killed all the same.
#include <signal.h>

static void carry_on(int number)
{
    signal(number, carry_on);
}

int main(void)
{
    for (int number = 1; number < 65; number++)
        signal(number, number % 2 ? SIG_IGN : carry_on);
    signal(SIGXCPU, carry_on);
    signal(SIGTERM, carry_on);
    for (volatile unsigned turns = 0;; turns++) {
    }
}
