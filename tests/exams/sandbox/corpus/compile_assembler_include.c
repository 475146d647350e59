// expect: CE
// slow: yes
// what: Nor does it read one as assembly, which it would quote.
__asm__(".include \"@SECRET@\"");
__asm__(".include \"/etc/passwd-\"");
int main(void) { return 0; }
