// expect: TLE
// cpu: 100
// slow: yes
// what: A byte of output every now and then does not put the wall limit off.
#include <unistd.h>

int main(void)
{
    for (;;) {
        if (write(1, ".", 1) != 1)
            return 1;
        usleep(20000);
    }
}
