// expect: AC
// slow: yes
// what: Another personality brings no 32-bit table and no page at address zero.
#include <stdio.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

int main(void)
{
    int holes = 0;
    personality(PER_LINUX32 | MMAP_PAGE_ZERO | READ_IMPLIES_EXEC);
    if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
        holes += !!puts("hole: page zero");
    if (fork() >= 0)
        holes += !!puts("hole: fork");
    if (!holes)
        puts("contained");
}
