// expect: AC
// what: Files that all sandboxes share cannot be locked, so no program tells another one anything through them.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
    const char *names[] = {"/usr/bin/env", "/usr/lib", "/dev/null", "/dev/zero", "/"};
    struct flock part = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    int holes = 0;
    for (int number = 0; number < 5; number++) {
        int file = open(names[number], O_RDONLY);
        if (file < 0)
            continue;
        if (flock(file, LOCK_EX | LOCK_NB) == 0) {
            printf("hole: flock of %s\n", names[number]);
            holes++;
        }
        if (fcntl(file, F_SETLK, &part) == 0 && number < 2) {
            printf("hole: lock of %s\n", names[number]);
            holes++;
        }
        if (fcntl(file, F_SETLEASE, F_RDLCK) == 0 && number < 2) {
            printf("hole: lease of %s\n", names[number]);
            holes++;
        }
    }
    if (!holes)
        puts("contained");
}
