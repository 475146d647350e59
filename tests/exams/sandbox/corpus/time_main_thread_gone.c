// expect: TLE
// cpu: 300
// slow: yes
// what: The first thread ends and leaves a zombie; the other spins.
#include <pthread.h>

static void *spin(void *nothing)
{
    for (volatile unsigned turns = 0;; turns++) {
    }
    return nothing;
}

int main(void)
{
    pthread_t other;
    pthread_create(&other, 0, spin, 0);
    pthread_exit(0);
}
