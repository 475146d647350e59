// expect: AC
// slow: yes
// what: Calling itself bwrap, in every place a name is looked for, confuses nobody.
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

int main(int count, char **words)
{
    prctl(PR_SET_NAME, "bwrap");
    for (int number = 0; number < count; number++)
        memset(words[number], 'b', strlen(words[number]));
    puts("contained");
}
