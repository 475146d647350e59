// expect: CE
// what: A message may name a line of another file; the compiler shows the line, if it can read it.
# 1 "/etc/shadow"
int main(void) { return undeclared_1; }
# 1 "@SECRET@"
int other(void) { return undeclared_2; }
#line 1 "/etc/passwd"
int third(void) { return undeclared_3; }
