// expect: CE
// slow: yes
// what: A table the compiler would have to hold: a hundred million numbers, each a node of its own.
#include <array>
constexpr std::array<long, 100000000> table()
{
    std::array<long, 100000000> made{};
    for (unsigned long number = 0; number < made.size(); number++)
        made[number] = static_cast<long>(number * number);
    return made;
}
constexpr auto kept = table();
int main(int count, char **) { return static_cast<int>(kept[static_cast<unsigned long>(count)]); }
