// expect: OLE TLE
// cpu: 300
// slow: yes
// what: Errors without end; a little of them is kept.
#include <stdio.h>

int main(void)
{
    for (;;)
        fputs("More and more and more and more and more and more and more and more.\n", stderr);
}
