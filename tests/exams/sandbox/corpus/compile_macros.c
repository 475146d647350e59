// expect: CE
// slow: yes
// what: Macros that grow tenfold, nine times over.
#define A(x) x x x x x x x x x x
#define B(x) A(A(x))
#define C(x) B(B(x))
#define D(x) C(C(x))
int main(void) { int x = 0; D(D(x++;)) return x; }
