// expect: AC
// what: No "..", no link, no handle and no new root leads out of the tree; the old root is gone.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    struct stat root, up;
    stat("/", &root);
    for (int turn = 0; turn < 200; turn++)
        if (chdir(".."))
            break;
    stat(".", &up);
    if (root.st_ino != up.st_ino || root.st_dev != up.st_dev)
        hole("above the root");
    if (chroot("/usr") == 0 || chroot(".") == 0)
        hole("chroot");
    /* Seen from the root, where we are. */
    const char *old[] = {"oldroot", "newroot", ".old_root", "bindfile", "/proc/self/root", "../etc/shadow"};
    for (int number = 0; number < 6; number++)
        if (access(old[number], F_OK) == 0)
            hole(old[number]);
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    struct file_handle *handle = (struct file_handle *)room;
    handle->handle_bytes = 8;
    handle->handle_type = 1;
    ((unsigned *)handle->f_handle)[0] = 2;
    ((unsigned *)handle->f_handle)[1] = 0;
    int folder = open("/usr/bin", O_RDONLY | O_DIRECTORY);
    if (open_by_handle_at(folder, handle, O_RDONLY) >= 0)
        hole("open by handle");
    if (openat(folder, "../../../../../../etc/shadow", O_RDONLY) >= 0)
        hole("openat");
    if (openat(AT_FDCWD, "/usr/../../../..@ROOT@", O_RDONLY) >= 0)
        hole("root's home");
    if (!holes)
        puts("contained");
}
