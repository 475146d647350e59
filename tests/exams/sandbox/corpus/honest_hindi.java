// expect: AC
// stdin: नमस्ते दुनिया
// answer: नमस्ते दुनिया 13 ₹
// what: Hindi in and out of Java, whose encoding is the machine's unless it is told.
import java.util.Scanner;

public class Main {
    public static void main(String[] arguments) {
        String line = new Scanner(System.in).nextLine();
        System.out.println(line + " " + line.length() + " ₹");
    }
}
