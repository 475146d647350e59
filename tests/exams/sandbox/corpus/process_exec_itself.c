// expect: TLE RE
// cpu: 300
// slow: yes
// what: Becoming itself again and again does not start the clock anew.
#include <unistd.h>

int main(int count, char **words)
{
    (void)count;
    for (volatile int turns = 0; turns < 1000000; turns++) {
    }
    execv(words[0], words);
    execv("/code/program", words);
    for (;;) {
    }
}
