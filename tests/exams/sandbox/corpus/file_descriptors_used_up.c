// expect: AC
// slow: yes
// what: Descriptors run out soon.
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int main(void)
{
    int taken = 0, ends[2];
    while (taken < 1 << 20 && (open("/dev/null", O_RDONLY) >= 0 || dup(0) >= 0))
        taken++;
    while (taken < 1 << 20 && (pipe(ends) == 0 || eventfd(0, 0) >= 0 || epoll_create(1) >= 0))
        taken++;
    if (taken > 1024)
        printf("hole: %d descriptors\n", taken);
    else
        puts("contained");
}
