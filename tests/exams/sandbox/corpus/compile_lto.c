// expect: CE AC WA RE
// slow: yes
// what: An object that says it was made for link-time optimisation, with options of its own for the linker's helper.
#include <stdio.h>
__asm__(".section .gnu.lto_.opts,\"e\",@progbits\n.string \"'-fplugin=@SECRET@' '-wrapper' '/usr/bin/env' '-O2'\"\n.text");
__asm__(".section .gnu.lto_.symtab.1,\"e\",@progbits\n.string \"main\"\n.byte 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n.text");
__asm__(".section .gnu.lto_.main.1,\"e\",@progbits\n.string \"hole\"\n.text");
int main(void) { puts("contained"); }
