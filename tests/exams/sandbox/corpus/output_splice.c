// expect: OLE RE AC
// cpu: 300
// slow: yes
// what: Output by vmsplice, tee and sendfile, which copy nothing and so cost nothing.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    static char block[1 << 20];
    struct iovec one = {block, sizeof block};
    int file = open("/dev/zero", O_RDONLY), went_on = 1;
    for (long turn = 0; went_on && turn < 100000; turn++) {
        went_on = vmsplice(1, &one, 1, SPLICE_F_GIFT) > 0;
        went_on |= sendfile(1, file, 0, 1 << 20) > 0;
        went_on |= splice(file, 0, 1, 0, 1 << 20, 0) > 0;
    }
    puts("contained");
}
