// expect: AC
// memory: 256
// answer: 9000 100000
// slow: yes
// what: Recursion on the first thread, and deep on one with a large stack of its own.
public class Main {
    static int depth(int left) {
        return left == 0 ? 0 : 1 + depth(left - 1);
    }

    public static void main(String[] arguments) throws Exception {
        int shallow = depth(9000);
        var deep = new Thread(null, () -> System.out.println(shallow + " " + depth(100_000)), "deep", 1 << 26);
        deep.start();
        deep.join();
    }
}
