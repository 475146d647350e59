// expect: AC
// cpu: 2000
// stdin: 5 3 1 4 1 5
// answer: 1 1 3 4 5 | 5 3 2.80
// slow: yes
// what: bits/stdc++.h with what contests use.
#include <bits/stdc++.h>
using namespace std;

int main()
{
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int count;
    cin >> count;
    vector<int> numbers(count);
    for (auto &one : numbers)
        cin >> one;
    sort(numbers.begin(), numbers.end());
    for (int one : numbers)
        cout << one << ' ';
    set<int> seen(numbers.begin(), numbers.end());
    unordered_map<int, int> times;
    for (int one : numbers)
        times[one]++;
    priority_queue<int> queue(numbers.begin(), numbers.end());
    mt19937 noise(random_device{}());
    shuffle(numbers.begin(), numbers.end(), noise);
    cout << "| " << queue.top() << ' ' << (times.size() == seen.size() ? numbers.size() - 2 : 0) << ' ' << fixed
         << setprecision(2) << accumulate(numbers.begin(), numbers.end(), 0.0) / count << endl;
}
