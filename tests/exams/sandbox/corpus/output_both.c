// expect: OLE
// slow: yes
// what: Both pipes at once, each filled while the other is read.
#include <string.h>
#include <unistd.h>

int main(void)
{
    static char block[1 << 18];
    memset(block, 'x', sizeof block);
    for (;;) {
        if (write(2, block, sizeof block) < 0 || write(1, block, sizeof block) < 0)
            return 1;
    }
}
