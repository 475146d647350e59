// expect: AC CE
// slow: yes
// what: An annotation processor in the source itself is not run by the compiler.
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.element.TypeElement;

@SupportedAnnotationTypes("*")
public class Main extends AbstractProcessor {
    @Override
    public boolean process(Set<? extends TypeElement> found, RoundEnvironment round) {
        throw new IllegalStateException("hole: run by the compiler");
    }

    public static void main(String[] arguments) {
        System.out.println("contained");
    }
}
