// expect: AC
// what: No namespace, no root and no mount of its own: the old calls and the new ones.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int holes;

static void tried(const char *how, long got)
{
    if (got >= 0) {
        printf("hole: %s\n", how);
        holes++;
    }
}

int main(void)
{
    int spaces[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80};
    for (int number = 0; number < 8; number++) {
        tried("unshare", unshare(spaces[number]));
        tried("unshare with a user namespace", unshare(spaces[number] | CLONE_NEWUSER));
        tried("setns", setns(0, spaces[number]));
    }
    tried("setns by pid", setns((int)syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS));
    tried("mount proc", mount("proc", "/proc", "proc", 0, 0));
    tried("mount tmpfs", mount("none", "/tmp", "tmpfs", 0, 0));
    tried("remount", mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0));
    tried("umount", umount2("/usr/bin", MNT_DETACH));
    tried("umount root", umount2("/", MNT_DETACH));
    tried("pivot_root", syscall(SYS_pivot_root, "/", "/usr"));
    tried("chroot", chroot("/usr"));
    tried("fsopen", syscall(430, "tmpfs", 0));
    tried("open_tree", syscall(428, AT_FDCWD, "/usr", 1));
    tried("move_mount", syscall(429, AT_FDCWD, "/usr", AT_FDCWD, "/", 0));
    tried("fspick", syscall(433, AT_FDCWD, "/", 0));
    tried("mount_setattr", syscall(442, AT_FDCWD, "/", 0, 0, 0));
    tried("swapon", syscall(SYS_swapon, "/dev/zero", 0));
    tried("quotactl", syscall(SYS_quotactl, 0, 0, 0, 0));
    if (!holes)
        puts("contained");
}
