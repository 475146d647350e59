// expect: RE MLE
// memory: 64
// slow: yes
// what: A recursion that never ends.
#include <string.h>

static int deeper(int depth)
{
    volatile char room[4096];
    memset((char *)room, depth, sizeof room);
    return deeper(depth + 1) + room[depth % 4096];
}

int main(void)
{
    return deeper(0);
}
