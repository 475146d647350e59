// expect: AC RE MLE
// memory: 64
// slow: yes
// what: Full pipes are sent through a socket and closed, so that no descriptor limit counts them.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char block[1 << 20];

static int send_descriptor(int through, int file)
{
    char room[CMSG_SPACE(sizeof file)] = {0}, byte = 0;
    struct iovec one = {&byte, 1};
    struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(head), &file, sizeof file);
    return sendmsg(through, &message, MSG_DONTWAIT) == 1;
}

int main(void)
{
    long held = 0;
    int pair[2] = {-1, -1};
    for (int turn = 0; turn < 2000; turn++) {
        int ends[2];
        if (pair[0] < 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
            pair[0] = -1;
        if (pipe2(ends, O_NONBLOCK) < 0)
            break;
        fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
        long got = write(ends[1], block, sizeof block);
        held += got > 0 ? got : 0;
        close(ends[1]);
        if (pair[0] < 0)
            continue;
        if (send_descriptor(pair[1], ends[0]))
            close(ends[0]);
        else
            pair[0] = -1;
    }
    if (held < 200 << 20)
        puts("contained");
    else
        printf("hole: %ld bytes inside pipes\n", held);
}
