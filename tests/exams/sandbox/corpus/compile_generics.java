// expect: CE
// slow: yes
// what: Types whose inference takes twice as long with each level.
import java.util.function.Function;

public class Main {
    static <T, R> R apply(Function<T, R> act, T to) { return act.apply(to); }
    static <T> T pick(T one, T other) { return one; }
    static int pick(int one, int other) { return one; }
    static <T> T pick(Function<T, T> one, T other) { return other; }
    public static void main(String[] arguments) {
        Object all = apply(a -> apply(b -> apply(c -> apply(d -> apply(e -> apply(f -> apply(g -> apply(h -> apply(i -> apply(j ->
            apply(k -> apply(l -> pick(pick(l, k), pick(j, undeclared)), k), j), i), h), g), f), e), d), c), b), a), 1);
    }
}
