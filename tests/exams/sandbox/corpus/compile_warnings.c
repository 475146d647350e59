// expect: CE AC
// slow: yes
// what: A hundred thousand messages from a program that compiles.
#include <stdio.h>
#define A _Pragma("message \"flood flood flood flood flood flood\"")
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
D D D D D D D D D D
int main(void) { puts("contained"); }
