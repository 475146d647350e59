// expect: AC
// answer: 7
// slow: yes
// what: Beginners clear the screen; that nothing is there to do it does no harm.
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    system("clear");
    int failed = system("pause");
    printf("%d\n", failed ? 7 : 8);
}
