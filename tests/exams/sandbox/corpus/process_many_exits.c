// expect: RE TLE
// cpu: 1000
// slow: yes
// what: Threads race to end the process with different codes while others become another program.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *race(void *number)
{
    char *words[] = {"false", 0}, *nothing[] = {0};
    if ((long)number % 3 == 0)
        execve("/usr/bin/false", words, nothing);
    if ((long)number % 3 == 1)
        _exit((int)(long)number + 1);
    abort();
}

int main(void)
{
    pthread_t one;
    for (long number = 0; number < 12; number++)
        pthread_create(&one, 0, race, (void *)number);
    for (;;)
        pause();
}
