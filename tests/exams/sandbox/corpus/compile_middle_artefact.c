// expect: CE
// slow: yes
// what: So would two hundred megabytes, which fit the compiler's limits but no cache.
char array[200 << 20] = {1};
int main(void) { return array[5]; }
