// expect: TLE
// cpu: 300
// slow: yes
// what: Four threads use one budget of CPU time, not one each.
#include <thread>
#include <vector>

int main()
{
    std::vector<std::thread> busy;
    for (int number = 0; number < 4; number++)
        busy.emplace_back([] {
            for (volatile unsigned turns = 0;; turns = turns + 1) {
            }
        });
    for (auto &one : busy)
        one.join();
}
