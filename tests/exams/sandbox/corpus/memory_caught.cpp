// expect: TLE RE MLE
// memory: 64
// cpu: 300
// slow: yes
// what: bad_alloc is caught and asked again, for ever.
#include <cstring>
#include <new>

int main()
{
    for (;;) {
        try {
            char *more = new char[1 << 16];
            std::memset(more, 1, 1 << 16);
        } catch (const std::bad_alloc &) {
        }
    }
}
