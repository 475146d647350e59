// expect: AC
// slow: yes
// stdin: नमस्ते
// answer: नमस्ते 6
// what: Hindi in wide characters, by the locale of the environment.
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

int main(void)
{
    wchar_t word[100];
    setlocale(LC_ALL, "");
    if (wscanf(L"%99ls", word) == 1)
        wprintf(L"%ls %zu\n", word, wcslen(word));
}
