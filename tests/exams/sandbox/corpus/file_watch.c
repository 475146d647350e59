// expect: AC
// slow: yes
// what: What other programs open and run cannot be watched through the files all of them share.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <unistd.h>

int main(void)
{
    int holes = 0, watch = inotify_init1(IN_NONBLOCK);
    if (watch >= 0 && inotify_add_watch(watch, "/usr/bin", IN_OPEN) >= 0)
        holes += !!puts("hole: opened files can be watched");
    if (fanotify_init(0, O_RDONLY) >= 0 || fanotify_init(FAN_REPORT_FID, O_RDONLY) >= 0)
        holes += !!puts("hole: fanotify");
    int folder = open("/usr/bin", O_RDONLY | O_DIRECTORY);
    if (fcntl(folder, F_NOTIFY, DN_ACCESS | DN_MODIFY | DN_CREATE) == 0)
        holes += !!puts("hole: dnotify");
    if (!holes)
        puts("contained");
}
