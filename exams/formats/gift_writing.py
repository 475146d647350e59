"""GIFT as Moodle 4 writes it. What it cannot carry is told by `carried.lost` and left out here."""

import re
from collections.abc import Iterable, Iterator

from exams.content import TRUE, Choice, Content, Kind, Text
from exams.formats import Item, tags_that_tell
from exams.formats.answer_parts import category_of, starless
from exams.formats.carried import NOT_AT_ALL, Format, lost

_SIGNS = re.compile(r"[\\#=~{}:]")
_FORM = "[markdown]"


def write(items: Iterable[Item]) -> bytes:
    """UTF-8. Texts are our markup, said to be Markdown, so that they come back as they were."""
    blocks: list[str] = []
    path: tuple[str, ...] | None = None
    for item in items:
        if NOT_AT_ALL in lost(item, Format.GIFT):
            continue
        own = (item.subject, *item.path) if item.subject else item.path
        if own != path:
            blocks.append(f"$CATEGORY: {_escaped(category_of(own))}\n")
            path = own
        blocks.append("\n".join(_lines(item)) + "\n")
    return "\n".join(blocks).encode()


def _lines(item: Item) -> Iterator[str]:
    name = " ".join(item.name.split())
    yield f"// question: {item.line}  name: {name.replace('[', '(')}"
    marks = [f"[tag:{_marked(one)}]" for one in tags_that_tell(item)]
    if item.content.kind is Kind.PASSAGE and item.passage_ref:
        marks.insert(0, f"[id:{_marked(item.passage_ref)}]")
    if marks:
        yield f"// {' '.join(marks)}"
    answers = list(_answers(item.content))
    named = f"::{_escaped(name)}::" if name else ""
    text = f"{named}{_FORM}{_said(item.content.body.text)}"
    if item.content.kind is Kind.PASSAGE:
        yield text
        return
    solution = _said(item.content.key.solution)
    answers += [f"####{_guarded(solution)}"] if solution else []
    if len(answers) < 2 and item.content.kind in {Kind.LONG, Kind.TRUE_FALSE}:
        yield f"{text}{{{''.join(answers)}}}"
        return
    opened, *rest = answers if item.content.kind in {Kind.NUMERICAL, Kind.TRUE_FALSE} else ["", *answers]
    yield f"{text}{{{opened}"
    yield from (f"\t{one}" for one in rest)
    yield "}"


def _answers(content: Content) -> Iterator[str]:
    body, key = content.body, content.key
    match content.kind:
        case Kind.SINGLE:
            for one in body.options:
                yield ("=" if one.id in key.right else "~") + _choice(one)
        case Kind.MULTIPLE:
            weights = weights_of(len(body.options), len(key.right))
            for one in body.options:
                yield f"~%{weights[one.id in key.right]}%{_choice(one)}"
        case Kind.TRUE_FALSE:
            yield "TRUE" if key.right == (TRUE,) else "FALSE"
        case Kind.NUMERICAL:
            yield "#"
            yield from (f"=%100%{one.value}:{one.tolerance}" for one in key.numbers)
        case Kind.SHORT:
            yield from (f"=%100%{_escaped(_guarded(_unarrowed(starless(one))))}" for one in key.accepted)
        case Kind.MATCH:
            yield from _pairs(content)


def _pairs(content: Content) -> Iterator[str]:
    columns = {one.id: _said(one.text) for one in content.body.columns}
    used = set()
    for row in content.body.rows:
        first = content.key.pairs.get(row.id, ("",))[0]
        used.add(first)
        yield f"={_unarrowed(_guarded(_said(row.text)))} -> {_guarded(columns.get(first, ''))}"
    yield from (f"= -> {_guarded(said)}" for name, said in columns.items() if name not in used)


def weights_of(options: int, right: int) -> tuple[str, str]:
    """What a wrong and a right option count: all right ones together 100, and ticking everything gains nothing."""
    wrong = options - right
    return (_share(-100, wrong) if wrong else "0", _share(100, right))


def _share(of: int, among: int) -> str:
    share = f"{of / among:.5f}".rstrip("0").rstrip(".")
    return share or "0"


def _choice(choice: Choice) -> str:
    said = _said(choice.text)
    return f"{_FORM}{said}" if said.startswith(("%", "[")) else said


def _guarded(said: str) -> str:
    """A text that would be taken for the name of a format is told its own first."""
    return f"{_FORM}{said}" if said.startswith("[") else said


def _unarrowed(said: str) -> str:
    """An arrow would make a pair of it, and no sign escapes one."""
    return said.replace("->", "→")


def _said(text: Text) -> str:
    return _escaped(text.in_language("en").strip())


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text.replace("\r", "")).replace("\n", "\\n")


def _marked(word: str) -> str:
    return re.sub(r"[\\\[\]]", r"\\\g<0>", " ".join(word.split()))
