// expect: AC
// stdin: 3 10 20 30 नमस्ते
// answer: 60 नमस्ते
// slow: yes
// what: A Scanner, collections, a record, a switch and a lambda.
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

public class Main {
    record Read(List<Integer> numbers, String word) {}

    public static void main(String[] arguments) {
        var scanner = new Scanner(System.in);
        var numbers = new ArrayList<Integer>();
        for (int left = scanner.nextInt(); left > 0; left--) {
            numbers.add(scanner.nextInt());
        }
        var read = new Read(numbers, scanner.next());
        System.out.println(read.numbers().stream().mapToInt(x -> x).sum() + " " + read.word());
    }
}
