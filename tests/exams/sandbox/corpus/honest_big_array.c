// expect: AC
// memory: 256
// answer: 52428800
// what: A static array of two hundred megabytes under a limit of 256, all of it touched.
#include <stdio.h>

static int array[50 << 20];

int main(void)
{
    long sum = 0;
    for (int number = 0; number < 50 << 20; number++)
        array[number] = 1;
    for (int number = 0; number < 50 << 20; number++)
        sum += array[number];
    printf("%ld\n", sum);
}
