// expect: AC
// answer: 
// stdin:
// slow: yes
// what: No input, no output, no line end: nothing is a right answer to nothing.
int main(void)
{
    return 0;
}
