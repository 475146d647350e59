// expect: AC RE MLE
// memory: 64
// what: SysV segments and message queues outlive the process that made them and are in no process's address space.
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static struct {
    long kind;
    char text[8000];
} message = {1, ""};

int main(void)
{
    long taken = 0;
    for (int number = 0; number < 64; number++) {
        int segment = shmget(0x436f7270 + number, 1 << 24, IPC_CREAT | 0666);
        if (segment >= 0) {
            char *here = shmat(segment, 0, 0);
            if (here != (char *)-1) {
                memset(here, 1, 1 << 24);
                taken += 1 << 24;
                shmdt(here);
            }
        }
        int queue = msgget(0x436f7270 + number, IPC_CREAT | 0666);
        while (queue >= 0 && msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0)
            taken += sizeof message.text;
        semget(0x436f7270 + number, 100, IPC_CREAT | 0666);
    }
    puts(taken < 256 << 20 ? "contained" : "hole: a gigabyte in segments");
}
