// expect: TLE
// cpu: 300
// slow: yes
// what: Threads that end at once, one after the other: time of threads that are gone counts.
#include <pthread.h>

static void *turn(void *nothing)
{
    for (volatile int turns = 0; turns < 20000; turns++) {
    }
    return nothing;
}

int main(void)
{
    for (;;) {
        pthread_t one;
        if (pthread_create(&one, 0, turn, 0) == 0)
            pthread_join(one, 0);
    }
}
