// expect: OLE RE
// memory: 256
// slow: yes
// what: A hundred megabytes in one call.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char *all = malloc(100 << 20);
    memset(all, 'x', 100 << 20);
    for (long done = 0, got = 0; done < 100 << 20; done += got)
        if ((got = write(1, all + done, (100 << 20) - done)) <= 0)
            return 1;
}
