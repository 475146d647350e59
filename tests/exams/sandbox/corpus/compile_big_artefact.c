// expect: CE
// slow: yes
// what: Four gigabytes of initialised data would be the program.
int array[1 << 30] = {1};
int main(void) { return array[5]; }
