// expect: AC
// slow: yes
// what: A program of its own in a memfd or in anonymous memory is not started as another process.
#include <cstdio>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main()
{
    int holes = 0, file = memfd_create("corpus", 0);
    const char script[] = "#!/bin/sh\necho hole: started out of memory\n";
    char *const words[] = {nullptr};
    if (file >= 0 && write(file, script, sizeof script - 1) > 0) {
        syscall(SYS_fchmod, file, 0755);
        syscall(SYS_execveat, file, "", words, words, AT_EMPTY_PATH);
        fexecve(file, words, words);
    }
    if (syscall(SYS_fork) > 0)
        holes++;
    std::puts(holes ? "hole: fork" : "contained");
}
