// expect: OLE
// slow: yes
// what: Output without end.
#include <stdio.h>

int main(void)
{
    for (;;)
        puts("More and more and more and more and more and more and more and more.");
}
