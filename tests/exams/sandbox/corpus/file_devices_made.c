// expect: AC
// slow: yes
// what: /dev/null stays /dev/null: it cannot be replaced, and nothing can be mounted over it.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int main(void)
{
    int holes = 0;
    struct stat found;
    holes += unlink("/dev/null") == 0;
    holes += rename("/dev/zero", "/dev/null") == 0;
    holes += symlink("/dev/full", "/dev/judge-corpus") == 0;
    holes += mknod("/dev/judge-corpus", S_IFBLK | 0666, makedev(254, 0)) == 0;
    holes += mount("/dev/zero", "/dev/null", 0, MS_BIND, 0) == 0;
    holes += chmod("/dev/null", 0) == 0;
    if (stat("/dev/null", &found) || !S_ISCHR(found.st_mode) || found.st_rdev != makedev(1, 3))
        holes++;
    puts(holes ? "hole: another /dev/null" : "contained");
}
