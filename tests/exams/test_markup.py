"""Markup of questions: what teachers write becomes safe HTML and MathML, whatever is written, in bounded time."""

import time
from html.parser import HTMLParser

import pytest

from exams import markup
from exams.content import MOST_TEXT
from exams.formulas import ATTRIBUTES, TAGS

pytestmark = pytest.mark.apart

HARMLESS = (
    {
        "p",
        "br",
        "strong",
        "em",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "pre",
        "span",
        "div",
    },
    {"class", "start"},
)
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<iframe src=//evil.test></iframe>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.test/x.png)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`<img src=x onerror=alert(1)>`",
    '```"><img src=x onerror=alert(1)>\nx\n```',
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>1</script> |",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{</mtext></math><script>alert(1)</script>}$",
    r"$\mathrm{<img src=x onerror=alert(1)>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(//evil.test)}{x}$",
    r"$\class{x}{y}\id{main}{z}$",
    r"$\unicode{x3c}script\unicode{x3e}$",
    r"$\text{&lt;script&gt;}$",
    r"$\text{&#60;img src=x onerror=alert(1)&#62;}$",
    r'$\color{"onmouseover="alert(1)}{x}$',
    r'$\begin{array}{"onclick=alert(1)}x\end{array}$',
    r'$\rule{1" onclick="alert(1)}{1}$',
    r'$\hspace{1em" onclick="alert(1)}x$',
    '$x" onmouseover="alert(1)$',
    r"$\frac{1}{2}<script>alert(1)</script>$",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_written_can_run_or_be_clicked_or_load(attack: str) -> None:
    seen = Seen()
    seen.feed(markup.html(attack))
    tags, names = HARMLESS
    assert seen.tags <= tags | TAGS
    assert seen.names <= names | ATTRIBUTES


class Seen(HTMLParser):
    """The tags and the names of attributes on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _value in attrs}


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("**force** and *unit*", "<p><strong>force</strong> and <em>unit</em></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("`x < 1`", "<p><code>x &lt; 1</code></p>"),
        ("it costs $5 and $6", "<p>it costs $5 and $6</p>"),
        (r"\$x\$", "<p>$x$</p>"),
        ("`$x$`", "<p><code>$x$</code></p>"),
        ("हिन्दी **बल**", "<p>हिन्दी <strong>बल</strong></p>"),
        ("a & b", "<p>a &amp; b</p>"),
    ],
)
def test_markdown_is_what_teachers_know(typed: str, made: str) -> None:
    assert markup.html(typed) == made


def test_table_keeps_its_sides() -> None:
    made = markup.html("| a | b |\n|---|--:|\n| 1 | $x$ |")
    assert '<td class="to-end"><math' in made
    assert "<th>a</th>" in made


@pytest.mark.parametrize("typed", ["$x^2$", r"\(x^2\)", "$$x^2$$", r"\[x^2\]", "before $x^2$ after"])
def test_formula_is_mathml_with_its_source_said(typed: str) -> None:
    made = markup.html(typed)
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in made
    assert 'alttext="x^2"' in made


def test_formula_over_several_lines_stays_one() -> None:
    made = markup.html("Given\n$$\nI = \\frac{1}{3}\n= 5\n$$\nfind")
    assert made.startswith('<p>Given</p>\n<div class="formula"><math display="block"')
    assert made.count("<math") == 1
    assert made.endswith("<p>find</p>")


def test_stars_and_indices_in_a_formula_are_no_emphasis() -> None:
    assert "<em>" not in markup.html("$a_1 * b_2 * c_3$ and $_1 x_$")


BROKEN = [
    r"\frac{1",
    r"\frac{1}",
    "x^",
    r"\left(",
    "}",
    "{" * 300 + "}" * 300,
    r"\begin{matrix}1",
    r"\ce{H2O}",
    r"\foo",
]


@pytest.mark.parametrize("source", [*BROKEN, r"\newcommand{\a}{\a\a}\a", r"\def\a{\b\b}\a", "x" * 2001])
def test_formula_that_cannot_be_read_is_shown_as_its_source(source: str) -> None:
    made = markup.html(f"see ${source}$ there")
    assert "<math" not in made
    assert "see" in made
    if len(source) < 2000:
        assert '<code class="formula-source">' in made


@pytest.mark.parametrize(
    "typed",
    [
        "$x$" * 7000,
        "$" + "x+" * 10_000 + "$",
        "$a " * 6600,
        "$$ " * 6600,
        "\\(" * 10_000,
        "\\[\n" * 6600,
        "$" + "{" * 10_000 + "}" * 10_000 + "$",
        "$" + r"\sqrt" * 390 + "x$",
        "$" + r"\left(" * 140 + r"\right)" * 140 + "$",
        "*a " * 6600,
        "_a_" * 6600,
        "- " * 10_000,
        "`" * 20_000,
        "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b\n" * 2000,
        "".join(f"${number}x^2$ " for number in range(2500)),
    ],
    ids=range(15),
)
def test_the_longest_texts_take_bounded_time(typed: str) -> None:
    began = time.process_time()
    made = markup.html(typed)
    markup.plain(typed)
    assert time.process_time() - began < 4
    assert len(made) < 500_000


def test_text_is_cut_where_the_longest_ends() -> None:
    assert len(markup.html("a" * (MOST_TEXT + 99))) == MOST_TEXT + len("<p></p>")


@pytest.mark.parametrize("typed", ["a\0b", "a\ud800b", "\udfff$x$"])
def test_what_no_page_can_carry_is_left_out(typed: str) -> None:
    markup.html(typed).encode()
    markup.plain(typed).encode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("A **rod** of\nmass $m$", "A rod of mass m"),
        (r"$I = \frac{1}{3} m \ell^2$", "I = 1/3mℓ^2"),
        (r"$\sqrt{\frac{3g}{\ell}}$", "√(3g/ℓ)"),
        (r"$x_1^{n+1}$", "x_1^(n+1)"),
        ("- a\n- b", "a b"),
        ("| a | b |\n|--|--|\n| 1 | 2 |", "a b 1 2"),
        (r"$\frac{1$", r"\frac{1"),
        ("", ""),
    ],
)
def test_words_of_a_text_are_a_line_to_be_searched(typed: str, words: str) -> None:
    assert markup.plain(typed) == words
