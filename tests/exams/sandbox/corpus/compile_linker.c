// expect: CE AC
// slow: yes
// what: A section that names libraries and options, and one that would start a program, do nothing to the linker.
#include <stdio.h>
__asm__(".section .deplibs,\"MS\",@progbits,1\n.asciz \"/etc/shadow\"\n.text");
__asm__(".section .gnu.warning.puts\n.ascii \"hole?\"\n.text");
int main(void) { puts("contained"); }
