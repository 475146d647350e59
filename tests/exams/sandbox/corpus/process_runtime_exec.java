// expect: AC
// what: Runtime.exec and ProcessBuilder start nothing.
import java.io.IOException;
import java.util.List;

public class Main {
    interface Way {
        Process start() throws IOException;
    }

    public static void main(String[] arguments) throws Exception {
        int holes = 0;
        List<Way> ways = List.of(
            () -> Runtime.getRuntime().exec(new String[] {"/usr/bin/env"}),
            () -> Runtime.getRuntime().exec("id"),
            () -> new ProcessBuilder("/bin/sh", "-c", "echo hole").inheritIO().start()
        );
        for (String mechanism : List.of("POSIX_SPAWN", "VFORK", "FORK")) {
            System.setProperty("jdk.lang.Process.launchMechanism", mechanism);
            for (Way way : ways) {
                try {
                    holes += way.start().waitFor() == 0 ? 1 : 0;
                } catch (IOException | Error refused) {
                    // as it should be
                }
            }
        }
        System.out.println(holes == 0 ? "contained" : "hole: " + holes + " processes");
    }
}
