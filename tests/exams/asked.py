"""Questions of all kinds for hypothesis, as a file can hold them."""

from dataclasses import replace

from hypothesis import strategies as st

from exams.content import LETTERS, ROW_LETTERS, Body, Choice, Content, Key, Kind, Number, Text
from exams.formats import Item

_SIGNS = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Cf"),
    exclude_characters="\x85",
)
_HARD = st.sampled_from(
    [
        "=",
        "~",
        "#",
        "{",
        "}",
        ":",
        "\\",
        "->",
        "%50%",
        "[html]",
        "::",
        "//",
        "$x^2$",
        "]]>",
        "<b>",
        "&amp;",
        "'",
        '"',
        ";",
        "|",
        ",",
        "\n",
        "\n\n",
        "=1+1",
        "@x",
        "-5",
        "'=x",
        "न्यूटन",
        "{T}",
        "....",
        "\\n",
        "$CATEGORY:",
        "*",
        "##",
    ]
)
_MARKS = ("mlang", "![")


def texts(least: int = 1) -> st.SearchStrategy[str]:
    """Words and signs that formats use themselves; nothing at the ends that trimming takes away."""
    found = st.lists(st.one_of(st.text(_SIGNS, max_size=6), _HARD), min_size=least, max_size=6).map("".join)
    kept = found.map(lambda one: one.strip()).filter(lambda one: not any(mark in one for mark in _MARKS))
    return kept.filter(bool) if least else kept


def words(*, hindi: bool, least: int = 1) -> st.SearchStrategy[Text]:
    return st.builds(Text, texts(least), texts(0) if hindi else st.just(""))


def choices(letters: str, *, hindi: bool, least: int = 2, most: int = 5) -> st.SearchStrategy[tuple[Choice, ...]]:
    several = st.lists(words(hindi=hindi), min_size=least, max_size=most, unique_by=lambda one: one.en)
    return several.map(lambda found: tuple(Choice(letters[at], one) for at, one in enumerate(found)))


DECIMALS = st.decimals(-9999, 9999, places=3).map(lambda one: f"{one:f}")


@st.composite
def contents(draw, *, kinds=tuple(Kind), hindi: bool = True) -> Content:
    kind = draw(st.sampled_from(kinds))
    solution = draw(words(hindi=hindi, least=0)) if kind is not Kind.PASSAGE else Text()
    if not solution.en:
        solution = Text()
    body, key = Body(draw(words(hindi=hindi))), Key(solution=solution)
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            body = replace(body, options=draw(choices(LETTERS, hindi=hindi)))
            ids = [one.id for one in body.options]
            most = 1 if kind is Kind.SINGLE else len(ids)
            right = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=most))
            key = replace(key, right=tuple(sorted(right)))
        case Kind.TRUE_FALSE:
            key = replace(key, right=(draw(st.sampled_from(["true", "false"])),))
        case Kind.NUMERICAL:
            several = st.builds(Number, DECIMALS, DECIMALS.map(lambda one: one.lstrip("-")))
            key = replace(key, numbers=tuple(draw(st.lists(several, min_size=1, max_size=3))))
        case Kind.SHORT:
            key = replace(key, accepted=tuple(draw(st.lists(texts(), min_size=1, max_size=3, unique=True))))
        case Kind.MATCH:
            rows = draw(choices(ROW_LETTERS, hindi=hindi, least=1, most=4))
            columns = draw(choices(LETTERS, hindi=hindi))
            pairs = {one.id: (draw(st.sampled_from(columns)).id,) for one in rows}
            body, key = replace(body, rows=rows, columns=columns), replace(key, pairs=pairs)
        case Kind.CODING:
            body = replace(body, languages=("py", "cpp"))
    return Content(kind, body, key)


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)

TAGS = NAMES.map(str.lower).filter(lambda one: one not in {"easy", "medium", "hard"})


@st.composite
def items(draw, content: st.SearchStrategy[Content], *, has_subject: bool) -> Item:
    made = draw(content)
    subject, topic = draw(NAMES), draw(NAMES)
    return Item(
        line=0,
        content=made,
        subject=subject if has_subject else "",
        path=(topic,) if has_subject else (subject, topic),
        difficulty=draw(st.sampled_from(["", "EASY", "HARD"])),
        tags=tuple(draw(st.lists(TAGS, max_size=2, unique=True))),
        name=draw(NAMES),
        passage_ref=draw(st.one_of(st.just(""), NAMES)),
    )
