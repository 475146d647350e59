// expect: AC
// what: It is born with descriptors 0, 1 and 2 and no other; none of them is a folder, a socket or a terminal.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    int holes = 0;
    struct stat found;
    for (int file = 0; file < 65536; file++) {
        if (fcntl(file, F_GETFD) < 0)
            continue;
        fstat(file, &found);
        int expected = file == 0 ? S_ISREG(found.st_mode) || S_ISFIFO(found.st_mode)
                                 : file < 3 && S_ISFIFO(found.st_mode);
        if (!expected || isatty(file)) {
            printf("hole: descriptor %d of mode %o\n", file, found.st_mode);
            holes++;
        }
    }
    if (!holes)
        puts("contained");
}
