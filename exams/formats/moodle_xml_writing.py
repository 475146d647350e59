"""Moodle XML as Moodle 4 writes it. What it cannot carry is told by `carried.lost` and left out here.

Texts are our markup, said to be Markdown, so that they come back as they were; both languages stand in `{mlang}`.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from exams.content import TRUE, Content, Kind, Picture, Text
from exams.formats import Item, tags_that_tell
from exams.formats.answer_parts import category_of, starless
from exams.formats.carried import NOT_AT_ALL, Format, lost
from exams.formats.gift_writing import weights_of
from exams.formats.pictures import PLACE

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES = {
    Kind.SINGLE: "multichoice",
    Kind.MULTIPLE: "multichoice",
    Kind.TRUE_FALSE: "truefalse",
    Kind.NUMERICAL: "numerical",
    Kind.SHORT: "shortanswer",
    Kind.LONG: "essay",
    Kind.MATCH: "matching",
    Kind.PASSAGE: "description",
}
_ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp", b"GIF8": "gif"}


def write(items: Iterable[Item]) -> bytes:
    """UTF-8, the pictures inside."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    path: tuple[str, ...] | None = None
    for item in items:
        if NOT_AT_ALL in lost(item, Format.XML):
            continue
        own = (item.subject, *item.path) if item.subject else item.path
        if own != path:
            lines += ['  <question type="category">', *_text("category", category_of(own)), "  </question>"]
            path = own
        lines += _question(item)
    return "\n".join([*lines, "</quiz>", ""]).encode()


def _question(item: Item) -> Iterator[str]:
    content, images = item.content, item.images
    yield f'  <question type="{_TYPES[content.kind]}">'
    yield from _text("name", item.name or "…")
    yield from _marked("questiontext", content.body.text, content.body.picture, images)
    yield from _marked("generalfeedback", content.key.solution)
    yield f"    <defaultgrade>{0 if content.kind is Kind.PASSAGE else 1}</defaultgrade>"
    yield "    <hidden>0</hidden>"
    reference = item.passage_ref if content.kind is Kind.PASSAGE else ""
    yield f"    <idnumber>{_escaped(reference)}</idnumber>"
    yield from _rest(content, images)
    if tags := tags_that_tell(item):
        yield "    <tags>"
        yield from (f"      <tag><text>{_escaped(one)}</text></tag>" for one in tags)
        yield "    </tags>"
    yield "  </question>"


def _rest(content: Content, images: Mapping[str, bytes]) -> Iterator[str]:
    match content.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return _options(content, images)
        case Kind.TRUE_FALSE:
            is_true = content.key.right == (TRUE,)
            return chain(_answer("true", 100 if is_true else 0), _answer("false", 0 if is_true else 100))
        case Kind.NUMERICAL:
            return _numbers(content)
        case Kind.SHORT:
            return _accepted(content)
        case Kind.LONG:
            return chain(["    <responseformat>editor</responseformat>"], _marked("graderinfo", content.key.guide))
        case Kind.MATCH:
            return _pairs(content, images)
    return iter(())


def _options(content: Content, images: Mapping[str, bytes]) -> Iterator[str]:
    body, right = content.body, content.key.right
    is_single = content.kind is Kind.SINGLE
    weights = ("0", "100") if is_single else weights_of(len(body.options), len(right))
    yield f"    <single>{str(is_single).lower()}</single>"
    yield _shuffled(content)
    for one in body.options:
        yield from _marked("answer", one.text, one.picture, images, f' fraction="{weights[one.id in right]}"')


def _numbers(content: Content) -> Iterator[str]:
    for number in content.key.numbers:
        yield from _answer(number.value, 100, f"<tolerance>{_escaped(number.tolerance)}</tolerance>")
    if content.body.unit:
        unit = _escaped(content.body.unit.in_language("en"))
        yield f"    <units><unit><multiplier>1</multiplier><unit_name>{unit}</unit_name></unit></units>"


def _accepted(content: Content) -> Iterator[str]:
    yield f"    <usecase>{int(content.key.is_case_sensitive)}</usecase>"
    for one in content.key.accepted:
        yield from _answer(starless(one), 100)


def _shuffled(content: Content) -> str:
    return f"    <shuffleanswers>{str(content.body.is_shuffled).lower()}</shuffleanswers>"


def _pairs(content: Content, images: Mapping[str, bytes]) -> Iterator[str]:
    yield _shuffled(content)
    columns = {one.id: one.text for one in content.body.columns}
    used = set()
    for row in content.body.rows:
        first = content.key.pairs.get(row.id, ("",))[0]
        used.add(first)
        answer = f"<answer><text>{_cdata(_both(columns.get(first, Text())))}</text></answer>"
        yield from _marked("subquestion", row.text, row.picture, images, inner=answer)
    for name, text in columns.items():
        if name not in used:
            yield from _marked("subquestion", Text(), inner=f"<answer><text>{_cdata(_both(text))}</text></answer>")


def _marked(
    name: str,
    text: Text,
    picture: Picture | None = None,
    images: Mapping[str, bytes] | None = None,
    attributes: str = "",
    inner: str = "",
) -> Iterator[str]:
    content = (images or {}).get(picture.image) if picture else None
    said, file = _both(text), ""
    if picture and content:
        held = f"{picture.image}.{_ending(content)}"
        alt = re.sub(r"[\\\]]", r"\\\g<0>", " ".join(picture.alt.in_language("en").split()))
        said = f"{said}\n\n![{alt}]({PLACE}{held})".strip()
        packed = base64.b64encode(content).decode()
        file = f'      <file name="{_escaped(held)}" path="/" encoding="base64">{packed}</file>\n'
    yield f'    <{name} format="markdown"{attributes}>'
    yield f"      <text>{_cdata(said)}</text>\n{file}      {inner}".rstrip()
    yield f"    </{name}>"


def _text(name: str, said: str) -> Iterator[str]:
    yield f"    <{name}>"
    yield f"      <text>{_escaped(said)}</text>"
    yield f"    </{name}>"


def _answer(said: str, fraction: int, inner: str = "") -> Iterator[str]:
    yield f'    <answer fraction="{fraction}" format="plain_text">'
    yield f"      <text>{_cdata(said)}</text>{inner}"
    yield "    </answer>"


def _both(text: Text) -> str:
    english, hindi = text.en.strip(), text.hi.strip()
    if not hindi:
        return english
    return f"{{mlang en}}{english}{{mlang}}{{mlang hi}}{hindi}{{mlang}}"


def _ending(content: bytes) -> str:
    return next((ending for head, ending in _ENDINGS.items() if content.startswith(head)), "bin")


def _cdata(said: str) -> str:
    clean = _NO_XML.sub("", said)
    if not re.search("[<>&]", clean):
        return clean
    return f"<![CDATA[{clean.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _escaped(said: str) -> str:
    clean = _NO_XML.sub("", said)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
