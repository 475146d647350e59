// expect: TLE RE
// cpu: 200
// what: fork in a loop that takes no refusal for an answer.
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
}
