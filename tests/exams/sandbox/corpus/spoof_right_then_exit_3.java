// expect: RE
// slow: yes
// what: The right answer and then an exit code is no right answer.
public class Main {
    public static void main(String[] arguments) {
        System.out.println("contained");
        System.exit(3);
    }
}
