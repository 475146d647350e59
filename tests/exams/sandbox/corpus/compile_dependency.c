// expect: CE
// slow: yes
// what: Nor how old it is.
#pragma GCC dependency "@SECRET@" hole
int main(void) { return 0; }
