// expect: TLE
// cpu: 300
// what: An endless loop is killed at its CPU limit.
int main(void)
{
    for (volatile unsigned turns = 0;; turns++) {
    }
}
