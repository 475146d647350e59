// expect: AC
// slow: yes
// what: It cannot wait for anybody from outside, nor pick a message out of the air.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
    int holes = 0;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(18080)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path + 1, "judge-corpus", 12);
    int one = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_UNIX, SOCK_STREAM, 0);
    if (one >= 0 && bind(one, (struct sockaddr *)&any, sizeof any) == 0 && listen(one, 1) == 0)
        holes += !!puts("hole: a port");
    if (other >= 0 && bind(other, (struct sockaddr *)&name, sizeof name) == 0 && listen(other, 1) == 0)
        holes += !!puts("hole: an abstract name");
    strcpy(name.sun_path, "/tmp/judge-corpus");
    if (other >= 0 && bind(other, (struct sockaddr *)&name, sizeof name) == 0)
        holes += !!puts("hole: a name in /tmp");
    if (!holes)
        puts("contained");
}
