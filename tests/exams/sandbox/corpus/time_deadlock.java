// expect: TLE
// cpu: 300
// slow: yes
// what: A thread waits for itself; the wall limit ends it.
public class Main {
    public static void main(String[] arguments) throws Exception {
        Thread.currentThread().join();
    }
}
