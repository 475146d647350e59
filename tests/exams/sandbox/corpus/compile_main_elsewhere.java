// expect: CE RE WA AC
// slow: yes
// what: Names that would be options or paths, were they believed: the class that is started is checked.
class $ {
    public static void main(String[] arguments) {
        System.out.println("contained");
    }
}
class String {}
