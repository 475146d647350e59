// expect: AC
// memory: 256
// answer: 1000000
// slow: yes
// what: A hundred megabytes of stack.
#include <stdio.h>

static long depth(long left)
{
    volatile char room[64];
    room[left % 64] = 1;
    return left == 0 ? 0 : depth(left - 1) + room[left % 64];
}

int main(void)
{
    printf("%ld\n", depth(1000000));
}
