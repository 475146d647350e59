// expect: RE
// slow: yes
// what: The right answer and then a crash is no right answer.
#include <stdio.h>

int main(void)
{
    puts("contained");
    fflush(stdout);
    *(volatile int *)8 = 1;
}
