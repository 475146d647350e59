// expect: TLE
// cpu: 100
// what: A sleeper uses no CPU time and is ended by the clock on the wall.
#include <unistd.h>

int main(void)
{
    for (;;)
        sleep(1000);
}
