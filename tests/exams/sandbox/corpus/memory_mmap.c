// expect: RE MLE
// memory: 64
// slow: yes
// what: Private and shared anonymous mappings without end.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(void)
{
    for (int turn = 0;; turn++) {
        int flags = MAP_ANONYMOUS | (turn % 2 ? MAP_SHARED : MAP_PRIVATE);
        char *more = mmap(0, 1 << 22, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (more == MAP_FAILED)
            abort();
        memset(more, 1, 1 << 22);
    }
}
