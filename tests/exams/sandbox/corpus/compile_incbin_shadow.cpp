// expect: CE
// slow: yes
// what: Nor one of the system, nor its environment.
#include <cstdio>
__asm__(".section .rodata\n.global stolen\nstolen: .incbin \"/etc/shadow\"\n.incbin \"/proc/self/environ\"\n.byte 0\n.text");
extern "C" const char stolen[];
int main() { std::puts(stolen); }
