// expect: AC
// slow: yes
// what: io_uring, which opens files and sockets behind the back of a filter, is not there.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    char parameters[120];
    int holes = 0;
    for (unsigned flags = 0; flags < 1 << 14; flags = flags ? flags << 1 : 1) {
        memset(parameters, 0, sizeof parameters);
        memcpy(parameters + 8, &flags, sizeof flags);
        holes += syscall(425, 8, parameters) >= 0;
    }
    holes += syscall(427, -1, 16, 0, 0) >= 0;
    holes += syscall(426, 0, 1, 0, 0, 0, 0) >= 0;
    puts(holes ? "hole: io_uring" : "contained");
}
