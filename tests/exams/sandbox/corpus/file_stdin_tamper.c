// expect: AC
// stdin: doors
// what: The input cannot be changed, grown, truncated, given away or mapped for writing, and stays as it was.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int holes;

static void tried(const char *how, long got)
{
    if (got >= 0) {
        printf("hole: %s\n", how);
        holes++;
    }
}

int main(void)
{
    static char before[4096], after[4096];
    const char *names[] = {"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"};
    long size = pread(0, before, sizeof before, 0);
    tried("truncate", ftruncate(0, 0));
    tried("grow", ftruncate(0, 1 << 20));
    tried("write", write(0, "x", 1));
    tried("write at", pwrite(0, "x", 1, 0));
    tried("allocate", fallocate(0, 0, 0, 1 << 20));
    tried("punch", fallocate(0, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
    tried("seal", fcntl(0, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_WRITE));
    if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0) != MAP_FAILED)
        tried("map", 0);
    for (int number = 0; number < 3; number++) {
        tried("reopen", open(names[number], O_RDWR));
        tried("reopen truncated", open(names[number], O_WRONLY | O_TRUNC));
        tried("truncate by name", truncate(names[number], 0));
    }
    fchmod(0, 0777);
    int again = open("/dev/stdin", O_RDONLY);
    if (again >= 0 && (pread(again, after, sizeof after, 0) != size || memcmp(before, after, size)))
        tried("another input behind /dev/stdin", 0);
    memset(after, 0, sizeof after);
    if (pread(0, after, sizeof after, 0) != size || memcmp(before, after, size))
        tried("changed", 0);
    if (!holes)
        puts("contained");
}
