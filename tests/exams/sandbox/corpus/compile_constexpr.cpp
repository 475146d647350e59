// expect: CE
// slow: yes
// what: The compiler itself would have to compute for a year.
constexpr unsigned long turn(unsigned long from, int depth)
{
    unsigned long sum = from;
    if (depth > 0)
        for (int number = 0; number < 1000; number++)
            sum += turn(sum, depth - 1);
    return sum;
}
constexpr unsigned long all()
{
    unsigned long sum = 0;
    for (int number = 0; number < 250000; number++)
        sum += turn(number, 1) + turn(number, 0);
    return sum;
}
static_assert(all() + turn(1, 4) != 3);
int main() {}
