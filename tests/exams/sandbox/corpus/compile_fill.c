// expect: CE
// slow: yes
// what: The assembler is asked for a gap of a hundred gigabytes.
__asm__(".data\n.fill 100000000000, 1, 1\n.text");
int main(void) { return 0; }
