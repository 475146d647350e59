// expect: CE
// slow: yes
// what: Nor is a file of the app.
#include "@SECRET@"
#include "@PROJECT@/coaching/settings.py"
int main(void) { return 0; }
