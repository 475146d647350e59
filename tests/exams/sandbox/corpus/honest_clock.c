// expect: AC
// answer: ready
// slow: yes
// what: The clocks, noise, a little sleep, and devices everybody reads.
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timeval now;
    struct rusage used;
    char byte = 0;
    setlocale(LC_ALL, "");
    srand((unsigned)time(0));
    gettimeofday(&now, 0);
    usleep(20000);
    int noise = open("/dev/urandom", O_RDONLY), nothing = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);
    int whole = read(noise, &byte, 1) == 1 && read(nothing, &byte, 1) == 0 && read(zero, &byte, 1) == 1 && byte == 0;
    whole = whole && write(nothing, "x", 1) == 1 && now.tv_sec > 1700000000 && rand() >= 0 && clock() >= 0;
    whole = whole && getrusage(RUSAGE_SELF, &used) == 0 && localtime(&now.tv_sec) && getpid() > 0;
    puts(whole ? "ready" : "blocked");
}
