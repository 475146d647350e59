// expect: RE MLE
// memory: 64
// what: malloc until there is no more, every page touched.
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (;;) {
        char *more = malloc(1 << 20);
        memset(more, 1, 1 << 20);
    }
}
