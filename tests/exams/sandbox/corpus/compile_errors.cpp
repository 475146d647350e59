// expect: CE
// slow: yes
// what: Thousands of errors, each with the long names of templates; a little of it is kept.
#include <map>
#include <string>
#include <vector>
#define ONE(n) int f##n() { std::map<std::string, std::vector<std::map<int, std::string>>> m; return m < m[n] << m; }
#define TEN(n) ONE(n##0) ONE(n##1) ONE(n##2) ONE(n##3) ONE(n##4) ONE(n##5) ONE(n##6) ONE(n##7) ONE(n##8) ONE(n##9)
TEN(1) TEN(2) TEN(3) TEN(4)
int main() {}
