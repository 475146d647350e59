// expect: TLE
// cpu: 300
// slow: yes
// what: main returns; a thread that is no daemon goes on for ever.
public class Main {
    public static void main(String[] arguments) {
        new Thread(() -> {
            while (true) {
                Thread.onSpinWait();
            }
        }).start();
        System.out.println("contained");
    }
}
