// expect: RE MLE
// slow: yes
// what: It takes its own memory away and jumps into nothing.
#include <sys/mman.h>

int main(void)
{
    for (unsigned long page = 0x400000; page < 0x800000; page += 4096)
        munmap((void *)page, 4096);
    return 0;
}
