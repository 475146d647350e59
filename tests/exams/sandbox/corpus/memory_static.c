// expect: RE MLE
// memory: 64
// slow: yes
// what: A static array larger than the limit: it cannot even be started, and that is the program's fault, not ours.
#include <string.h>

static char array[1u << 30];

int main(void)
{
    memset(array, 1, sizeof array);
    return array[12345] - 1;
}
