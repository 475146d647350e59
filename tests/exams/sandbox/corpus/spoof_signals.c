// expect: RE
// stdins: 9 | 6 | 11 | 24 | 25 | 15 | 2 | 13 | 14 | 7 | 8
// what: A signal it sends itself is a failure of the program; SIGXCPU is no TLE, SIGKILL no MLE, SIGXFSZ no OLE.
#include <signal.h>
#include <stdio.h>

int main(void)
{
    int number = 0;
    if (scanf("%d", &number) != 1)
        return 0;
    signal(number, SIG_DFL);
    raise(number);
    puts("contained");
}
