// expect: CE
// slow: yes
// what: The assembler repeats a line until its time, its memory or its disk is used up.
__asm__(".rept 2000000000\n.quad 1\n.endr");
int main(void) { return 0; }
