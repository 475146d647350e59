// expect: AC
// what: No family of sockets can be opened that leads anywhere; raw ones, packets, vsock and netlink least of all.
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int holes = 0, kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM, 10};
    for (int family = 0; family < 64; family++)
        for (int number = 0; number < 6; number++)
            for (int protocol = 0; protocol < 20; protocol++) {
                int one = socket(family, kinds[number], protocol);
                if (one < 0)
                    continue;
                printf("hole: socket(%d, %d, %d)\n", family, kinds[number], protocol);
                close(one);
                holes++;
            }
    if (!holes)
        puts("contained");
}
