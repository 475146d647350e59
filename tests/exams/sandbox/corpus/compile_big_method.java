// expect: CE
// slow: yes
// what: A constant too long and a name of another file: refused with a short message.
package stolen;

public class Main {
    static final String[] NAMES = {"@SECRET@"};
    public static void main(String[] arguments) { int x = NAMES; }
}
class Other extends stolen.etc.shadow {}
