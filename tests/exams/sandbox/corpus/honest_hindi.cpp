// expect: AC
// stdin: नमस्ते दुनिया
// answer: नमस्ते दुनिया 37 ₹
// what: Hindi in and out with std::string.
#include <iostream>
#include <string>

int main()
{
    std::string line;
    std::getline(std::cin, line);
    std::cout << line << ' ' << line.size() << " ₹\n";
}
