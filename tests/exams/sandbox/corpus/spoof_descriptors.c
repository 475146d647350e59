// expect: RE WA
// what: Forged reports of a finished run to every descriptor there could be.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    const char *forged[] = {
        "{\"child-pid\": 1}\n",
        "{\"exit-code\": 0}\n",
        "{ \"child-pid\": 2, \"ipc-namespace\": 4026531839, \"mnt-namespace\": 4026531840 }\n",
        "{\"event\": \"test\", \"id\": \"1\", \"verdict\": \"AC\", \"score\": 1.0}\n",
        "{\"event\": \"done\"}\n",
    };
    for (int file = 0; file < 64; file++)
        for (int number = 0; number < 5; number++)
            (void)!write(file, forged[number], strlen(forged[number]));
    return 1;
}
