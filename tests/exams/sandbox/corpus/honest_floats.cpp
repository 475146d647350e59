// expect: AC
// answer: 3.141592653590 1e+300 0.1 2.71828 inf 1.4142
// slow: yes
// what: Floating-point numbers as they are usually printed.
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <limits>

int main()
{
    std::printf("%.12f %g ", std::acos(-1.0), 1e300);
    std::cout << 0.1 << ' ' << std::exp(1.0) << ' ' << std::numeric_limits<double>::infinity() << ' ' << std::fixed
              << std::setprecision(4) << std::sqrt(2.0) << '\n';
}
