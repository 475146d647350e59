// expect: AC
// what: Its own program, which other students' tests may be run with from a cache, cannot be changed or taken away.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int holes;

static void tried(const char *how, long got)
{
    if (got >= 0) {
        printf("hole: %s\n", how);
        holes++;
    }
}

int main(int count, char **words)
{
    (void)count;
    for (int turn = 0; turn < 2; turn++) {
        const char *own = turn ? "/code/program" : words[0];
        tried("open for writing", open(own, O_RDWR));
        tried("open to append", open(own, O_WRONLY | O_APPEND));
        tried("open and empty", open(own, O_RDONLY | O_TRUNC));
        tried("chmod", chmod(own, 0777));
        tried("chown", chown(own, getuid(), getgid()));
        tried("truncate", truncate(own, 0));
        tried("unlink", unlink(own));
        tried("rename", rename(own, "/code/other"));
        tried("rename over", rename("/etc/passwd", own));
        tried("link", link(own, "/code/other"));
        tried("times", utimensat(AT_FDCWD, own, 0, 0));
        tried("attribute", setxattr(own, "user.corpus", "1", 1, 0));
        int file = open(own, O_RDONLY);
        tried("fchmod", fchmod(file, 0777));
        tried("lease", fcntl(file, F_SETLEASE, F_WRLCK));
        tried("times of it", futimens(file, 0));
        if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED)
            tried("map", 0);
        close(file);
    }
    tried("another file beside it", open("/code/judge-corpus", O_CREAT | O_WRONLY, 0600));
    if (!holes)
        puts("contained");
}
