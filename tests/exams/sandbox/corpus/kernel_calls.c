// expect: AC
// what: Parts of the kernel that no exercise needs are shut: each call fails although its arguments would do.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
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
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .exclude_kernel = 1};
    char room[256] = {0}, *pages = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct timespec now = {1, 0};
    struct timex clock = {.modes = ADJ_OFFSET};
    int map[18] = {2, 4, 4, 1};
    tried("bpf map", syscall(SYS_bpf, 0, map, sizeof map));
    tried("perf_event_open", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
    tried("userfaultfd", syscall(SYS_userfaultfd, 0));
    tried("userfaultfd of user pages", syscall(SYS_userfaultfd, 1));
    tried("io_uring", syscall(425, 1, room));
    tried("keyctl", syscall(SYS_keyctl, 0, -3, 1));
    tried("join a session of keys", syscall(SYS_keyctl, 1, 0));
    tried("add_key", syscall(SYS_add_key, "user", "corpus", "x", 1, -3));
    tried("request_key", syscall(SYS_request_key, "user", "corpus", 0, -3));
    tried("kexec", syscall(SYS_kexec_load, 0, 0, 0, 0));
    tried("kexec of a file", syscall(SYS_kexec_file_load, -1, -1, 0, "", 8));
    tried("init_module", syscall(SYS_init_module, room, 1, ""));
    tried("finit_module", syscall(SYS_finit_module, 0, "", 0));
    tried("delete_module", syscall(SYS_delete_module, "corpus", 0));
    tried("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0));
    tried("sethostname", sethostname("corpus", 6));
    tried("setdomainname", syscall(SYS_setdomainname, "corpus", 6));
    tried("clock_settime", clock_settime(CLOCK_REALTIME, &now));
    tried("adjtimex", adjtimex(&clock));
    tried("iopl", syscall(SYS_iopl, 3));
    tried("ioperm", syscall(SYS_ioperm, 0, 1, 1));
    tried("acct", syscall(SYS_acct, 0));
    tried("syslog", syscall(SYS_syslog, 3, room, sizeof room));
    tried("fanotify", syscall(SYS_fanotify_init, 0, 0));
    tried("memfd_secret", syscall(447, 0));
    tried("mlock", mlock(pages, 1 << 30));
    tried("vhangup", syscall(SYS_vhangup));
    tried("lookup_dcookie", syscall(SYS_lookup_dcookie, 0, room, sizeof room));
    tried("move_pages", syscall(SYS_move_pages, 1, 0, 0, 0, 0, 0));
    tried("migrate_pages", syscall(SYS_migrate_pages, 1, 1, room, room));
    tried("process_madvise", syscall(440, 0, 0, 0, 0, 0));
    tried("mq_open", syscall(SYS_mq_open, "corpus", O_CREAT | O_RDWR, 0600, 0));
    tried("modify_ldt", syscall(SYS_modify_ldt, 0x11, room, 16));
    tried("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/usr", room, room + 128, 0));
    tried("nfsservctl", syscall(180, 0, 0, 0));
    tried("uselib", syscall(SYS_uselib, "/usr/lib/libc.so"));
    tried("sysfs", syscall(SYS_sysfs, 3));
    tried("ustat", syscall(SYS_ustat, 1, room));
    tried("pidfd_open", syscall(434, getpid(), 0));
    tried("remap_file_pages", syscall(SYS_remap_file_pages, pages, 4096, 0, 1, 0));
    tried("a call that does not exist", syscall(1000));
    tried("a call that does not exist either", syscall(0x3fffffff));
    if (!holes)
        puts("contained");
}
