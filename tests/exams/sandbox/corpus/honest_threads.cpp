// expect: AC
// answer: 499999500000 1000000
// slow: yes
// what: Four threads share a sum, with a mutex and with an atomic.
#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

int main()
{
    long long sum = 0;
    std::atomic<int> count{0};
    std::mutex lock;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; worker++)
        workers.emplace_back([&, worker] {
            long long own = 0;
            for (int number = worker; number < 1000000; number += 4, count++)
                own += number;
            std::lock_guard<std::mutex> held(lock);
            sum += own;
        });
    for (auto &worker : workers)
        worker.join();
    std::cout << sum << ' ' << count << '\n';
}
