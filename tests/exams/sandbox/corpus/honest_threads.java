// expect: AC
// answer: 499999500000 333328333350000
// slow: yes
// what: A pool of threads and a parallel stream.
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

public class Main {
    public static void main(String[] arguments) throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        var parts = new ArrayList<Future<Long>>();
        for (int part = 0; part < 4; part++) {
            int from = part;
            parts.add(pool.submit(() -> {
                long sum = 0;
                for (int number = from; number < 1_000_000; number += 4) {
                    sum += number;
                }
                return sum;
            }));
        }
        long sum = 0;
        for (var part : parts) {
            sum += part.get();
        }
        pool.shutdown();
        System.out.println(sum + " " + LongStream.range(0, 100_000).parallel().map(x -> x * x).sum());
    }
}
