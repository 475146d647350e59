// expect: AC
// answer: 15 [a, b]
// slow: yes
// what: Several classes, an interface, generics, and a lambda in an anonymous class.
import java.util.*;

interface Shape {
    int area();
}

class Box implements Shape {
    private final int width, height;

    Box(int width, int height) {
        this.width = width;
        this.height = height;
    }

    public int area() {
        return width * height;
    }
}

public class Main {
    static class Pair<A, B> {
        A first;
        B second;
    }

    public static void main(String[] args) {
        Shape box = new Box(3, 5);
        PriorityQueue<String> queue = new PriorityQueue<>(Arrays.asList("b", "a"));
        List<String> sorted = new ArrayList<>();
        while (!queue.isEmpty()) sorted.add(queue.poll());
        System.out.println(box.area() + " " + sorted);
    }
}
