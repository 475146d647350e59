// expect: RE AC
// slow: yes
// what: A far jump into 32-bit code, whose sysenter and int 0x80 come from another table.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const unsigned char code[] = {
    0xb8, 0x02, 0, 0, 0,          /* mov eax, 2: fork */
    0xcd, 0x80,                   /* int 0x80 */
    0xb8, 0x01, 0, 0, 0,          /* mov eax, 1: exit */
    0x31, 0xdb,                   /* xor ebx, ebx */
    0xcd, 0x80,                   /* int 0x80 */
    0x0f, 0x0b,                   /* ud2 */
};

int main(void)
{
    char *low = mmap((void *)0x10000000, 65536, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) {
        puts("contained");
        return 0;
    }
    memcpy(low, code, sizeof code);
    struct {
        unsigned offset;
        unsigned short segment;
    } __attribute__((packed)) where = {(unsigned)(unsigned long)low, 0x23};
    unsigned long stack = (unsigned long)low + 65000;
    __asm__ volatile("mov %0, %%rsp\n ljmp *(%1)" : : "r"(stack), "r"(&where) : "memory");
    return 0;
}
