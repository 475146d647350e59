// expect: CE
// slow: yes
// what: Templates, two for each and none like the other.
template <int depth, long path> struct Tree {
    static const long value = Tree<depth - 1, path * 2>::value + Tree<depth - 1, path * 2 + 1>::value;
};
template <long path> struct Tree<0, path> {
    static const long value = path;
};
int main() { return Tree<40, 1>::value; }
