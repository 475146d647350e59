// expect: RE MLE
// memory: 64
// slow: yes
// what: Direct buffers and Unsafe.allocateMemory lie outside Java's heap; JVM's own limit is not the one that counts.
import java.nio.ByteBuffer;
import java.util.ArrayList;

public class Main {
    public static void main(String[] arguments) throws Exception {
        var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        var unsafe = (sun.misc.Unsafe) field.get(null);
        var kept = new ArrayList<ByteBuffer>();
        try {
            while (true) {
                kept.add(ByteBuffer.allocateDirect(1 << 20));
            }
        } catch (OutOfMemoryError full) {
            for (long taken = 0; taken < 4096; taken++) {
                long address = unsafe.allocateMemory(1 << 20);
                unsafe.setMemory(address, 1 << 20, (byte) 1);
            }
            System.out.println("hole: four gigabytes outside the heap");
        }
    }
}
