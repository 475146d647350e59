// expect: TLE
// cpu: 300
// slow: yes
// what: System.exit waits for a shutdown hook that never ends, and a second System.exit inside it.
public class Main {
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.exit(0)));
        System.out.println("contained");
        System.exit(0);
    }
}
