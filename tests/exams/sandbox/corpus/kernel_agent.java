// expect: AC
// slow: yes
// what: No agent is attached, no heap is dumped, no library loaded, no logging file opened.
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import javax.management.ObjectName;

public class Main {
    interface Act {
        Object run() throws Exception;
    }

    static final ArrayList<String> holes = new ArrayList<>();

    static void tried(String name, Act act) {
        try {
            act.run();
            holes.add(name);
        } catch (Exception | Error refused) {
            return;
        }
    }

    public static void main(String[] arguments) throws Exception {
        var server = ManagementFactory.getPlatformMBeanServer();
        var diagnostics = new ObjectName("com.sun.management:type=HotSpotDiagnostic");
        tried("heap dump", () -> server.invoke(diagnostics, "dumpHeap", new Object[] {"/tmp/judge-corpus.hprof", true},
            new String[] {"java.lang.String", "boolean"}));
        tried("library", () -> {
            System.load("/tmp/judge-corpus.so");
            return null;
        });
        tried("file", () -> Files.createTempFile("judge-corpus", ""));
        tried("folder", () -> Files.createDirectory(Path.of("judge-corpus")));
        tried("another pid", () -> ProcessHandle.of(1).orElseThrow().destroyForcibly() ? 1 : Integer.valueOf("no"));
        System.out.println(holes.isEmpty() ? "contained" : "hole: " + holes);
    }
}
