// expect: AC
// memory: 256
// slow: yes
// answer: 1000000
// what: The usual way of deep recursion in Java: a thread with a stack of 256 MB.
public class Main implements Runnable {
    static int depth(int left) {
        return left == 0 ? 0 : 1 + depth(left - 1);
    }

    @Override
    public void run() {
        System.out.println(depth(1_000_000));
    }

    public static void main(String[] args) {
        new Thread(null, new Main(), "main", 1 << 28).start();
    }
}
