// expect: AC
// what: It is nobody in particular, has no capability, and cannot become anybody else.
#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int holes;

static void hole(const char *how)
{
    printf("hole: %s\n", how);
    holes++;
}

int main(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct has[2] = {{0}};
    gid_t groups[64], root = 0;
    if (getuid() == 0 || geteuid() == 0 || getgid() == 0 || getegid() == 0)
        hole("root already");
    syscall(SYS_capget, &head, has);
    if (has[0].effective || has[1].effective || has[0].permitted || has[1].permitted || has[0].inheritable)
        hole("capabilities");
    for (int number = 0; number < 41; number++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0) == 1)
            hole("ambient capabilities");
    has[0].effective = has[0].permitted = ~0u;
    if (syscall(SYS_capset, &head, has) == 0)
        hole("capset");
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        hole("new privileges may be had");
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0)
        hole("no filter");
    if (setuid(0) == 0 || seteuid(0) == 0 || setresuid(0, 0, 0) == 0 || setreuid(0, 0) == 0)
        hole("uid 0");
    if (setgid(0) == 0 || setegid(0) == 0 || setresgid(0, 0, 0) == 0 || setgroups(1, &root) == 0)
        hole("gid 0");
    setfsuid(0);
    if (setfsuid(-1) == 0)
        hole("file-system uid 0");
    int count = getgroups(64, groups);
    for (int number = 0; number < count; number++)
        if (groups[number] == 0)
            hole("group root");
    if (!holes)
        puts("contained");
}
