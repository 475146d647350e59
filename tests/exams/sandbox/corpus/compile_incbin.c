// expect: CE
// what: The assembler puts no file of the app into the program.
#include <stdio.h>
__asm__(".section .rodata\n.global stolen\nstolen: .incbin \"@SECRET@\"\n.byte 0\n.text");
extern const char stolen[];
int main(void) { puts(stolen); }
