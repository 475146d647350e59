// expect: AC
// slow: yes
// what: system, popen and posix_spawn of the C library, and std::system, start nothing.
#include <cstdio>
#include <cstdlib>
#include <spawn.h>
#include <sys/types.h>

int main()
{
    int holes = 0;
    char program[] = "/usr/bin/env", *words[] = {program, nullptr}, *nothing[] = {nullptr};
    pid_t child = 0;
    holes += std::system("echo hole") == 0;
    holes += std::system(nullptr) < 0;
    if (FILE *pipe = popen("echo hole", "r")) {
        holes += std::fgetc(pipe) != EOF;
    }
    holes += posix_spawn(&child, program, nullptr, nullptr, words, nothing) == 0;
    std::puts(holes == 0 ? "contained" : "hole: a second process");
}
