// expect: WA AC RE MLE TLE
// slow: yes
// what: Threads until one is refused. Java itself says so on the output, which makes the answer a wrong one.
public class Main {
    public static void main(String[] arguments) {
        int made = 0;
        try {
            while (made < 2000) {
                var one = new Thread(() -> {
                    try {
                        Thread.sleep(1_000_000);
                    } catch (InterruptedException stopped) {
                        return;
                    }
                });
                one.setDaemon(true);
                one.start();
                made++;
            }
        } catch (OutOfMemoryError refused) {
            // as it should be
        }
        System.out.println("\n" + (made < 300 ? "contained" : "hole: " + made + " threads"));
        Runtime.getRuntime().halt(0);
    }
}
