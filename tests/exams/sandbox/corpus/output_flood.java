// expect: OLE
// slow: yes
// what: Output without end from Java.
public class Main {
    public static void main(String[] arguments) {
        while (true) {
            System.out.println("More and more and more and more and more and more and more.");
        }
    }
}
