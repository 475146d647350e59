// expect: AC
// cpu: 2000
// stdin: numbers
// answer: numbers
// slow: yes
// what: The same through bits/stdc++.h and a stream that is not tied.
#include <bits/stdc++.h>
using namespace std;

int main()
{
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    long long sum = 0, number;
    while (cin >> number)
        sum += number;
    cout << sum << "\n";
}
