// expect: CE AC RE
// slow: yes
// what: Pragmas and attributes that ask for plugins, headers made before and other targets.
#pragma GCC pch_preprocess "@SECRET@"
#pragma GCC plugin "@SECRET@"
#pragma comment(linker, "-plugin @SECRET@")
#pragma GCC optimize("-fplugin=@SECRET@")
#include <stdio.h>
int main(void) { puts("contained"); }
