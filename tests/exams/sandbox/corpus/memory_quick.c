// expect: MLE RE
// memory: 64
// slow: yes
// what: Between two looks at it, it takes what it can, lets it go again and ends well.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(void)
{
    size_t size = 120 << 20;
    char *all = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (all == MAP_FAILED)
        return 1;
    memset(all, 1, size);
    munmap(all, size);
    puts("contained");
}
