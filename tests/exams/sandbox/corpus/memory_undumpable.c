// expect: RE MLE
// memory: 64
// slow: yes
// what: A process that may not be looked at by its own user is measured all the same.
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

int main(void)
{
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    for (;;) {
        char *more = malloc(1 << 18);
        memset(more, 1, 1 << 18);
    }
}
