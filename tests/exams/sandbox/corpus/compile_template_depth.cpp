// expect: CE
// slow: yes
// what: One template within another without end.
template <typename T> struct Deeper {
    using type = typename Deeper<Deeper<T>>::type;
};
int main() { return sizeof(Deeper<int>::type); }
