// expect: TLE
// cpu: 300
// slow: yes
// what: CPU time of a thread counts while the main thread only waits.
#include <thread>

int main()
{
    std::thread busy([] {
        for (volatile unsigned turns = 0;; turns = turns + 1) {
        }
    });
    busy.join();
}
