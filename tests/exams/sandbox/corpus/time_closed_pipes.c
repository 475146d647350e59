// expect: TLE
// cpu: 100
// slow: yes
// what: Closing every descriptor does not make it look finished, nor may it go on behind the judge's back.
#include <unistd.h>

int main(void)
{
    for (int number = 0; number < 256; number++)
        close(number);
    for (;;)
        pause();
}
