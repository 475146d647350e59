// expect: TLE
// cpu: 100
// slow: yes
// what: The right answer of a program that then never ends is not accepted.
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    puts("contained");
    fclose(stdout);
    for (;;)
        pause();
}
