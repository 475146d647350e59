// expect: AC
// slow: yes
// what: Empty files without end, each a kilobyte of the kernel's memory, are not to be had.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    const char *folders[] = {".", "/", "/tmp", "/dev", "/dev/shm", "/run", "/code", "/var/tmp", "/home"};
    char name[64];
    int made = 0;
    for (unsigned folder = 0; folder < sizeof folders / sizeof *folders; folder++)
        for (int number = 0; number < 100000; number++) {
            snprintf(name, sizeof name, "%s/judge-corpus-%d", folders[folder], number);
            int file = open(name, O_CREAT | O_WRONLY, 0600);
            if (file < 0)
                break;
            close(file);
            made++;
        }
    if (made)
        printf("hole: %d files\n", made);
    else
        puts("contained");
}
