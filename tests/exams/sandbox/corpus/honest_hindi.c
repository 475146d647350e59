// expect: AC
// stdin: नमस्ते
// answer: नमस्ते 18 ₹
// what: Hindi in and out, counted in bytes.
#include <stdio.h>
#include <string.h>

int main(void)
{
    char word[100];
    if (scanf("%99s", word) == 1)
        printf("%s %zu ₹\n", word, strlen(word));
}
