// expect: AC
// slow: yes
// answer: 5050 ready caught
// what: std::async, a condition variable and an exception across a thread.
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <stdexcept>

int main()
{
    auto sum = std::async(std::launch::async, [] {
        int total = 0;
        for (int number = 1; number <= 100; number++)
            total += number;
        return total;
    });
    std::mutex lock;
    std::condition_variable changed;
    bool is_ready = false;
    auto other = std::async(std::launch::async, [&] {
        std::lock_guard<std::mutex> held(lock);
        is_ready = true;
        changed.notify_all();
        throw std::runtime_error("caught");
    });
    std::unique_lock<std::mutex> held(lock);
    changed.wait(held, [&] { return is_ready; });
    held.unlock();
    std::cout << sum.get() << (is_ready ? " ready " : "");
    try {
        other.get();
    } catch (const std::runtime_error &error) {
        std::cout << error.what() << '\n';
    }
}
