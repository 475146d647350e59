"""Questions of the demo institute's bank: physics, chemistry, mathematics and a program, most of them in two languages.

Written for it. `key` of a choice is its letter, of a number its value with the tolerance after ±.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from exams.content import LETTERS, ROW_LETTERS, Body, Choice, Content, Key, Kind, Number, Text
from exams.models import Difficulty

EASY, MEDIUM, HARD = Difficulty.EASY, Difficulty.MEDIUM, Difficulty.HARD


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """One by its `name`; `passage` names the one it stands under."""

    name: str
    subject: str
    topic: str
    kind: Kind
    en: str
    hi: str = ""
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    key: str = ""
    unit: str = ""
    solution: str = ""
    difficulty: Difficulty = MEDIUM
    tags: tuple[str, ...] = ()
    passage: str = ""

    @property
    def content(self) -> Content:
        text = Text(self.en, self.hi)
        return Content(self.kind, self._body(text), self._key())

    def _body(self, text: Text) -> Body:
        if self.kind is Kind.MATCH:
            return Body(text, rows=_choices(ROW_LETTERS, self.options), columns=_choices(LETTERS, self.columns))
        languages = ("py", "c", "cpp", "java", "js") if self.kind is Kind.CODING else ()
        return Body(text, options=_choices(LETTERS, self.options), unit=Text(self.unit), languages=languages)

    def _key(self) -> Key:
        solution = Text(self.solution)
        match self.kind:
            case Kind.SINGLE | Kind.MULTIPLE:
                return Key(right=tuple(self.key), solution=solution)
            case Kind.TRUE_FALSE:
                return Key(right=(self.key,), solution=solution)
            case Kind.NUMERICAL:
                value, _sign, tolerance = self.key.partition(" ± ")
                return Key(numbers=(Number(value, tolerance or "0"),), solution=solution)
            case Kind.SHORT:
                return Key(accepted=tuple(self.key.split("|")), solution=solution)
            case Kind.MATCH:
                pairs: dict[str, tuple[str, ...]] = {
                    row: (column,) for row, column in zip(ROW_LETTERS, self.key, strict=False)
                }
                return Key(pairs=pairs, solution=solution)
        return Key(guide=solution)

    def _pairs(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for row, column in zip(ROW_LETTERS, self.key, strict=False):
            yield row, (column,)


def _choices(letters: str, texts: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(letter, Text(text)) for letter, text in zip(letters, texts, strict=False))


def every() -> Iterator[DemoQuestion]:
    """Passages before the questions under them."""
    yield from (*PHYSICS, *CHEMISTRY, *MATHEMATICS, *PROGRAMS)


_P, _C, _M = "Physics", "Chemistry", "Mathematics"
PHYSICS = (
    DemoQuestion(
        "rolling sphere",
        _P,
        "Rotational motion",
        Kind.SINGLE,
        "A uniform solid sphere of mass $m$ and radius $R$ rolls without slipping down an incline of angle $\\theta$, "
        "starting from rest at height $h$. Its moment of inertia about the centre is $$I_c = \\frac{2}{5} m R^2$$ "
        "The speed of its centre at the bottom of the incline is",
        "द्रव्यमान $m$ और त्रिज्या $R$ का एक समान ठोस गोला $\\theta$ कोण के नत तल पर ऊँचाई $h$ से विरामावस्था से बिना फिसले "
        "लुढ़कता है। केंद्र के परितः इसका जड़त्व आघूर्ण $$I_c = \\frac{2}{5} m R^2$$ है। तल के नीचे इसके केंद्र की चाल है",
        ("$\\sqrt{2gh}$", "$\\sqrt{\\frac{4}{3}gh}$", "$\\sqrt{\\frac{10}{7}gh}$", "$\\sqrt{\\frac{7}{10}gh}$"),
        key="c",
        solution="$mgh = \\frac{1}{2}mv^2 + \\frac{1}{2}I_c\\frac{v^2}{R^2} = \\frac{7}{10}mv^2$.",
        tags=("energy", "rolling"),
    ),
    DemoQuestion(
        "rod released",
        _P,
        "Rotational motion",
        Kind.SINGLE,
        "A uniform rod of mass $m$ and length $\\ell$ is hinged at one end and released from the horizontal. "
        "Its angular speed when it becomes vertical is",
        "द्रव्यमान $m$ और लंबाई $\\ell$ की एक समान छड़ एक सिरे पर कब्ज़े से जुड़ी है और क्षैतिज स्थिति से छोड़ी जाती है। "
        "ऊर्ध्वाधर होने पर इसका कोणीय वेग है",
        (
            "$\\sqrt{\\frac{g}{\\ell}}$",
            "$\\sqrt{\\frac{2g}{\\ell}}$",
            "$\\sqrt{\\frac{3g}{\\ell}}$",
            "$\\sqrt{\\frac{6g}{\\ell}}$",
        ),
        key="c",
        solution="The centre falls by $\\ell/2$, so $\\frac{1}{6}m\\ell^2\\omega^2 = mg\\frac{\\ell}{2}$.",
        difficulty=HARD,
        tags=("energy", "hinge"),
    ),
    DemoQuestion(
        "car from rest",
        _P,
        "Kinematics",
        Kind.NUMERICAL,
        "A car starts from rest with an acceleration of $2\\ \\mathrm{m/s^2}$. How far does it go in 5 s?",
        "एक कार विरामावस्था से $2\\ \\mathrm{m/s^2}$ के त्वरण से चलती है। 5 s में वह कितनी दूर जाती है?",
        key="25",
        unit="m",
        solution="$s = \\frac{1}{2}at^2$.",
        difficulty=EASY,
    ),
    DemoQuestion(
        "vectors",
        _P,
        "Kinematics",
        Kind.MULTIPLE,
        "Which of these are vectors?",
        "इनमें से कौन-सी सदिश राशियाँ हैं?",
        ("displacement", "speed", "acceleration", "work"),
        key="ac",
        difficulty=EASY,
    ),
    DemoQuestion(
        "constant speed",
        _P,
        "Laws of motion",
        Kind.TRUE_FALSE,
        "A body that moves at constant speed can have an acceleration.",
        "स्थिर चाल से चलती वस्तु में त्वरण हो सकता है।",
        key="true",
        solution="On a circle the direction changes.",
    ),
    DemoQuestion(
        "plano-convex lens",
        _P,
        "Ray optics",
        Kind.NUMERICAL,
        "A plano-convex lens of refractive index 1.5 has a curved side of radius 20 cm. Its focal length is",
        "अपवर्तनांक 1.5 के एक समतल-उत्तल लेंस के वक्र पृष्ठ की त्रिज्या 20 cm है। इसकी फोकस दूरी है",
        key="40 ± 0.5",
        unit="cm",
        solution="$\\frac{1}{f} = (n-1)\\frac{1}{R}$.",
        tags=("lens",),
    ),
    DemoQuestion(
        "units",
        _P,
        "Work and energy",
        Kind.MATCH,
        "Match each quantity with its unit.",
        "प्रत्येक राशि को उसके मात्रक से मिलाइए।",
        ("work", "power", "force"),
        ("watt", "newton", "joule", "pascal"),
        key="cab",
        difficulty=EASY,
    ),
    DemoQuestion(
        "incline passage",
        _P,
        "Laws of motion",
        Kind.PASSAGE,
        "A block of 2 kg slides down a smooth incline of $30^\\circ$. Take $g = 10\\ \\mathrm{m/s^2}$.",
        "2 kg का एक गुटका $30^\\circ$ के चिकने नत तल पर नीचे फिसलता है। $g = 10\\ \\mathrm{m/s^2}$ लीजिए।",
    ),
    DemoQuestion(
        "incline acceleration",
        _P,
        "Laws of motion",
        Kind.NUMERICAL,
        "What is its acceleration?",
        "उसका त्वरण कितना है?",
        key="5 ± 0.05",
        unit="m/s²",
        passage="incline passage",
    ),
    DemoQuestion(
        "incline normal force",
        _P,
        "Laws of motion",
        Kind.SINGLE,
        "With what force does the incline push on it?",
        "तल उस पर कितना बल लगाता है?",
        ("10 N", "$10\\sqrt{3}$ N", "20 N", "$20\\sqrt{3}$ N"),
        key="b",
        passage="incline passage",
    ),
)
CHEMISTRY = (
    DemoQuestion(
        "pH of acid",
        _C,
        "Equilibrium",
        Kind.SINGLE,
        "The pH of $0.01\\ \\mathrm{M}$ hydrochloric acid is",
        "$0.01\\ \\mathrm{M}$ हाइड्रोक्लोरिक अम्ल का pH है",
        ("1", "2", "3", "12"),
        key="b",
        difficulty=EASY,
    ),
    DemoQuestion(
        "ethene",
        _C,
        "Chemical bonding",
        Kind.SINGLE,
        "The carbon atoms of ethene are hybridised as",
        "एथीन के कार्बन परमाणुओं का संकरण है",
        ("$sp$", "$sp^2$", "$sp^3$", "$sp^3d$"),
        key="b",
        difficulty=EASY,
    ),
    DemoQuestion(
        "aromatic",
        _C,
        "Chemical bonding",
        Kind.MULTIPLE,
        "Which of these are aromatic?",
        "इनमें से कौन-से ऐरोमैटिक हैं?",
        ("benzene", "cyclohexane", "pyridine", "naphthalene"),
        key="acd",
    ),
    DemoQuestion(
        "moles of water",
        _C,
        "Mole concept",
        Kind.NUMERICAL,
        "How many moles are 36 g of water? (H = 1, O = 16)",
        "36 g जल में कितने मोल हैं? (H = 1, O = 16)",
        key="2",
        unit="mol",
        difficulty=EASY,
    ),
    DemoQuestion(
        "half-life",
        _C,
        "Chemical kinetics",
        Kind.SINGLE,
        "The half-life of a first-order reaction with rate constant $k$ is",
        "दर नियतांक $k$ वाली प्रथम कोटि की अभिक्रिया की अर्ध-आयु है",
        ("$\\frac{1}{k}$", "$\\frac{\\ln 2}{k}$", "$\\frac{k}{\\ln 2}$", "$\\frac{a_0}{2k}$"),
        key="b",
        tags=("kinetics",),
    ),
    DemoQuestion(
        "gas of zinc",
        _C,
        "Electrochemistry",
        Kind.SHORT,
        "Which gas is set free when zinc meets dilute sulphuric acid?",
        "जस्ता तनु सल्फ्यूरिक अम्ल से मिलने पर कौन-सी गैस मुक्त होती है?",
        key="hydrogen|H2|हाइड्रोजन",
        difficulty=EASY,
    ),
    DemoQuestion(
        "charge of a mole",
        _C,
        "Electrochemistry",
        Kind.NUMERICAL,
        "How many faradays deposit 1 mol of aluminium from $\\mathrm{Al^{3+}}$?",
        "$\\mathrm{Al^{3+}}$ से 1 mol ऐलुमिनियम जमा करने में कितने फैराडे लगते हैं?",
        key="3",
        unit="F",
    ),
)
MATHEMATICS = (
    DemoQuestion(
        "derivative of a cube",
        _M,
        "Derivatives",
        Kind.SINGLE,
        "If $f(x) = x^3$, then $f'(2)$ is",
        "यदि $f(x) = x^3$ है, तो $f'(2)$ है",
        ("6", "8", "12", "16"),
        key="c",
        difficulty=EASY,
    ),
    DemoQuestion(
        "determinant",
        _M,
        "Vectors",
        Kind.SINGLE,
        "The determinant $$\\begin{vmatrix} 1 & 2 \\\\ 3 & 4 \\end{vmatrix}$$ equals",
        "सारणिक $$\\begin{vmatrix} 1 & 2 \\\\ 3 & 4 \\end{vmatrix}$$ का मान है",
        ("$-2$", "$2$", "$10$", "$-10$"),
        key="a",
        difficulty=EASY,
    ),
    DemoQuestion(
        "integral",
        _M,
        "Derivatives",
        Kind.NUMERICAL,
        "Find $$\\int_0^2 3x^2\\,dx$$",
        "मान ज्ञात कीजिए: $$\\int_0^2 3x^2\\,dx$$",
        key="8",
    ),
    DemoQuestion(
        "hexagon",
        _M,
        "Sequences",
        Kind.SINGLE,
        "How many diagonals has a hexagon?",
        "एक षट्भुज में कितने विकर्ण होते हैं?",
        ("6", "9", "12", "15"),
        key="b",
    ),
    DemoQuestion(
        "even functions",
        _M,
        "Trigonometry",
        Kind.MULTIPLE,
        "Which of these functions are even?",
        "इनमें से कौन-से फलन सम हैं?",
        ("$\\cos x$", "$x^2$", "$\\sin x$", "$x^3$"),
        key="ab",
    ),
    DemoQuestion(
        "two dice",
        _M,
        "Sequences",
        Kind.NUMERICAL,
        "Two dice are thrown. What is the probability that they show 7 in all? (three decimals)",
        "दो पासे फेंके जाते हैं। योग 7 आने की प्रायिकता कितनी है? (तीन दशमलव तक)",
        key="0.1667 ± 0.0005",
        tags=("probability",),
    ),
    DemoQuestion(
        "sum of roots",
        _M,
        "Quadratic equations",
        Kind.NUMERICAL,
        "What is the sum of the roots of $2x^2 - 7x + 3 = 0$?",
        "$2x^2 - 7x + 3 = 0$ के मूलों का योग कितना है?",
        key="3.5",
        difficulty=EASY,
    ),
    DemoQuestion(
        "irrational root",
        _M,
        "Quadratic equations",
        Kind.LONG,
        "Prove that $\\sqrt{2}$ is not a rational number.",
        "सिद्ध कीजिए कि $\\sqrt{2}$ परिमेय संख्या नहीं है।",
        solution="Assumes $p/q$ in lowest terms (1), both even (2), contradiction said (2).",
        difficulty=HARD,
    ),
)
PROGRAMS = (
    DemoQuestion(
        "sum of two",
        "Computer science",
        "Lists and loops",
        Kind.CODING,
        "Two whole numbers stand on one line of the input. Print their sum.",
        "इनपुट की एक पंक्ति में दो पूर्णांक हैं। उनका योग छापिए।",
        difficulty=EASY,
    ),
    DemoQuestion(
        "sorting",
        "Computer science",
        "Sorting",
        Kind.SINGLE,
        "How many comparisons does merge sort need for $n$ items, up to a constant factor?",
        "$n$ वस्तुओं के लिए मर्ज सॉर्ट को कितनी तुलनाएँ चाहिए, एक नियत गुणक तक?",
        ("$n$", "$n \\log n$", "$n^2$", "$2^n$"),
        key="b",
    ),
)
