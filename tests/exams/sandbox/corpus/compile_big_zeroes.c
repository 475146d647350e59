// expect: RE MLE CE
// memory: 64
// slow: yes
// what: Sixteen gigabytes of zeros cost the compiler nothing; it is the program that cannot be started.
static volatile char array[1UL << 34];
int main(void) { array[1UL << 33] = 1; return 0; }
