// expect: RE
// slow: yes
// what: A write to address 8 crashes the JVM; its report of the crash is written nowhere.
public class Main {
    public static void main(String[] arguments) throws Exception {
        var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((sun.misc.Unsafe) field.get(null)).putLong(8, 1);
    }
}
