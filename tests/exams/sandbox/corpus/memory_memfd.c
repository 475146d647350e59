// expect: AC RE MLE
// memory: 64
// what: Files that live in memory are outside every limit on addresses; 512 MB of them are too many.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char block[1 << 20];

int main(void)
{
    long written = 0;
    memset(block, 1, sizeof block);
    for (int number = 0; number < 512; number++) {
        int file = number % 2 ? memfd_create("more", 0) : (int)syscall(SYS_memfd_secret, 0);
        if (file < 0)
            continue;
        for (int turn = 0; turn < 16; turn++) {
            long got = write(file, block, sizeof block);
            written += got > 0 ? got : 0;
        }
        if (fallocate(file, 0, 1 << 24, 1 << 24) == 0)
            written += 1 << 24;
    }
    puts(written < 512L << 20 ? "contained" : "hole: half a gigabyte in memfds");
}
