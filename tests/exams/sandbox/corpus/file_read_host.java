// expect: AC
// stdin: doors
// slow: yes
// what: The same from Java.
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

public class Main {
    public static void main(String[] arguments) throws Exception {
        var doors = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
        var holes = new ArrayList<String>();
        for (String name : List.of(doors[4], doors[5], doors[6], doors[5] + "/manage.py", "/etc/shadow", "@ROOT@",
                "/proc/self/environ", "/proc/self/cmdline", "/sys/class", "/var/lib", "/srv")) {
            try {
                var listed = new File(name).list();
                if (listed != null ? listed.length > 0 : Files.readAllBytes(Path.of(name)).length > 0) {
                    holes.add(name);
                }
            } catch (Exception refused) {
                continue;
            }
        }
        System.out.println(holes.isEmpty() ? "contained" : "hole: " + holes);
    }
}
