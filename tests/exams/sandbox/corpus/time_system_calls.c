// expect: TLE
// cpu: 300
// slow: yes
// what: Time spent inside the kernel counts as well.
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    for (;;)
        syscall(SYS_getppid);
}
