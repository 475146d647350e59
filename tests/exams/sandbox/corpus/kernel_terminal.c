// expect: AC
// slow: yes
// what: No terminal to type into: TIOCSTI, TIOCLINUX and a new controlling terminal fail.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
    int holes = 0;
    char letter = 'x', paste = 2;
    for (int file = 0; file < 3; file++) {
        holes += ioctl(file, TIOCSTI, &letter) == 0;
        holes += ioctl(file, TIOCLINUX, &paste) == 0;
        holes += ioctl(file, TIOCSCTTY, 1) == 0;
    }
    int terminal = open("/dev/tty", O_RDWR);
    holes += terminal >= 0 && ioctl(terminal, TIOCSTI, &letter) == 0;
    holes += open("/dev/console", O_RDWR) >= 0;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && ptsname(master)) {
        int slave = open(ptsname(master), O_RDWR);
        setsid();
        holes += slave >= 0 && ioctl(slave, TIOCSCTTY, 0) == 0 && ioctl(slave, TIOCSTI, &letter) == 0;
    }
    puts(holes ? "hole: a terminal" : "contained");
}
