// expect: RE MLE
// memory: 64
// slow: yes
// what: Arrays without end in Java's heap.
import java.util.ArrayList;

public class Main {
    public static void main(String[] arguments) {
        var kept = new ArrayList<byte[]>();
        while (true) {
            kept.add(new byte[1 << 20]);
        }
    }
}
