// expect: AC RE
// cpu: 1000
// slow: yes
// what: Threads that sleep, as many as there may be; they are few.
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *rest(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

int main(void)
{
    pthread_attr_t small;
    pthread_t one;
    int made = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    while (made < 5000 && pthread_create(&one, &small, rest, 0) == 0)
        made++;
    if (made > 100)
        printf("hole: %d threads\n", made);
    else
        puts("contained");
    fflush(stdout);
    _exit(0);
}
