// expect: AC
// what: Of the environment of the app nothing is left.
#include <stdio.h>
#include <string.h>

extern char **environ;

int main(void)
{
    int holes = 0;
    for (char **one = environ; *one; one++) {
        if (strstr(*one, "CANARY") || strstr(*one, "SECRET") || strstr(*one, "DATABASE") || strstr(*one, "@ROOT@") ||
            strncmp(*one, "DJANGO", 6) == 0 || strncmp(*one, "PYTEST", 6) == 0 || strncmp(*one, "USER=root", 9) == 0) {
            printf("hole: %s\n", *one);
            holes++;
        }
    }
    if (!holes)
        puts("contained");
}
