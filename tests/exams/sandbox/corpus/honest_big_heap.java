// expect: AC
// memory: 256
// answer: 40000000
// slow: yes
// what: A hundred and sixty megabytes of integers.
import java.util.Arrays;

public class Main {
    public static void main(String[] arguments) {
        int[] array = new int[40_000_000];
        Arrays.fill(array, 1);
        System.out.println(Arrays.stream(array).asLongStream().sum());
    }
}
