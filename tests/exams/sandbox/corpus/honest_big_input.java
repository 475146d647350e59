// expect: AC
// cpu: 2000
// memory: 256
// stdin: numbers
// answer: numbers
// slow: yes
// what: The same with a BufferedReader.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.StringTokenizer;

public class Main {
    public static void main(String[] arguments) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(System.in));
        long sum = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            var words = new StringTokenizer(line);
            while (words.hasMoreTokens()) {
                sum += Long.parseLong(words.nextToken());
            }
        }
        System.out.println(sum);
    }
}
