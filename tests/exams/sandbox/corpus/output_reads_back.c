// expect: AC
// slow: yes
// what: Nothing can be read from the output pipes, nor from what stands behind them.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char byte;
    const char *names[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/proc/self/fd/1", "/dev/tty"};
    for (int file = 1; file < 3; file++)
        if (read(file, &byte, 1) >= 0)
            printf("hole: output %d can be read\n", file);
    for (int number = 0; number < 6; number++)
        if (open(names[number], O_RDONLY | O_NONBLOCK) >= 0)
            printf("hole: %s\n", names[number]);
    puts("contained");
}
