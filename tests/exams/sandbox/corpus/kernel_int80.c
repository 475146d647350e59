// expect: AC RE
// what: The old way of 32-bit programs into the kernel has other numbers and would pass a filter that does not look.
#include <stdio.h>

int main(void)
{
    long got;
    __asm__ volatile("int $0x80" : "=a"(got) : "a"(20) : "memory");
    if (got > 0)
        printf("hole: getpid of the 32-bit kind says %ld\n", got);
    long socket_of_32_bit;
    __asm__ volatile("int $0x80" : "=a"(socket_of_32_bit) : "a"(359), "b"(2), "c"(1), "d"(0) : "memory");
    if (socket_of_32_bit >= 0)
        printf("hole: a socket of the 32-bit kind\n");
    long fork_of_32_bit;
    __asm__ volatile("int $0x80" : "=a"(fork_of_32_bit) : "a"(2) : "memory");
    if (fork_of_32_bit >= 0)
        printf("hole: a fork of the 32-bit kind\n");
    puts("contained");
}
