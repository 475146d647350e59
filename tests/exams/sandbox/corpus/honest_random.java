// expect: AC
// answer: ready
// slow: yes
// what: Noise, the clock, the number of processors and the free memory.
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.UUID;

public class Main {
    public static void main(String[] arguments) {
        boolean whole = Math.random() < 1 && new SecureRandom().nextInt(5) < 5 && UUID.randomUUID() != null;
        whole &= System.nanoTime() != 0 && LocalDate.now().getYear() > 2000;
        whole &= Runtime.getRuntime().availableProcessors() > 0 && Runtime.getRuntime().freeMemory() > 0;
        System.gc();
        System.out.println(whole ? "ready" : "blocked");
        System.exit(0);
    }
}
