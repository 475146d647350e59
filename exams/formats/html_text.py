"""Text as other systems keep it (HTML, plain, Markdown) as our markup, in two languages, with its pictures. Pure.

Bold, italic, lists, tables, code, sub- and superscripts are taken; of all else the words. Languages stand in one text,
as Moodle has them: `<span class="multilang" lang="hi">…</span>` or `{mlang hi}…{mlang}`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from exams.content import Text
from exams.formats.plain_text import as_markup, escaped, lowered, raised

MOST_DEPTH = 100
# What is looked for has a reach: of many openings without an end each would else be read to the end of the text.
_MLANG = re.compile(
    r"\{\s{0,9}mlang\s{1,9}([\w,\- ]{1,60}?)\s{0,9}\}(.*?)\{\s{0,9}mlang\s{0,9}\}", re.DOTALL | re.IGNORECASE
)
_MLANG_ENDS = re.compile(r"\{\s{0,9}mlang\s{0,9}\}", re.IGNORECASE)
_SPAN_HI = re.compile(r"<(?:span|div)\b(?=[^>]{0,300}multilang)[^>]{0,300}\blang=[\"']?hi", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|ul|ol|li|sub|sup|img|table|tbody|tr|td|th|pre|code|a|h[1-6]|font)\b[^>]*>"
    r"|&(?:[a-z]{2,8}|#[0-9]{1,6}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[((?:\\.|[^\]\\]){0,1000}+)\]\(([^()\s]+)\)")
_BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "article",
    "table",
    "ul",
    "ol",
    "dl",
}
_BLOCKS |= {"pre", "center", "figure", "address", "dt", "dd"}
_SILENT = {"script", "style", "head", "title", "template", "object", "iframe", "svg", "annotation-xml"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "col", "source", "area", "base", "embed", "param", "track"}
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
_GAPS = re.compile(r"[ \t\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in our markup, and the pictures in it: where each comes from, and what it shows in words."""

    text: Text
    pictures: tuple[tuple[str, str], ...] = ()


def marked(source: str, *, form: str) -> Marked:
    """`form` is how the file says the text is written: html, markdown, plain, or moodle, which is either."""
    has_hindi = bool(_SPAN_HI.search(source)) or any("hi" in _codes(one[1]) for one in _MLANG.finditer(_ending(source)))
    english, pictures = _read(_spoken(source, "en"), form, "en")
    if not has_hindi:
        return Marked(Text(english), tuple(pictures))
    hindi, more = _read(_spoken(source, "hi"), form, "hi")
    return Marked(Text(english, hindi), tuple(dict.fromkeys([*pictures, *more])))


def _spoken(source: str, language: str) -> str:
    """The text with what stands in `{mlang}` of other languages taken out; `other` is English to us."""

    def kept(found: re.Match[str]) -> str:
        codes = _codes(found[1])
        return found[2] if language in codes or (language == "en" and "other" in codes) else ""

    ending = _ending(source)
    return _MLANG.sub(kept, ending) + source[len(ending) :]


def _ending(source: str) -> str:
    """Up to the last `{mlang}` that ends anything."""
    last = max((one.end() for one in _MLANG_ENDS.finditer(source)), default=0)
    return source[:last]


def _codes(named: str) -> set[str]:
    return {one.strip().casefold().partition("-")[0].partition("_")[0] for one in named.split(",")}


def _read(source: str, form: str, language: str) -> tuple[str, list[tuple[str, str]]]:
    if form == "markdown":
        pictures = [(one[2], one[1].replace("\\]", "]").replace("\\\\", "\\")) for one in _IMAGE.finditer(source)]
        return _IMAGE.sub("", source).strip() if pictures else source.strip(), pictures
    if form == "plain" or (form == "moodle" and not _TAG.search(source)):
        return as_markup(source), []
    reader = _Reader(language)
    reader.feed(_ended(source.replace("\n", "<br>") if form == "moodle" else source))
    reader.close()
    return reader.markup(), list(dict.fromkeys(reader.pictures))


def _ended(source: str) -> str:
    """Without comments and the like (the parser stumbles over `<![`), and with what can begin no tag any more as text:
    the parser would look for the end of each to the end of all."""
    bare = _COMMENTS.sub("", source)
    last = bare.rfind(">") + 1
    return bare[:last] + bare[last:].replace("<", "&lt;")


@dataclass(slots=True)
class _Frame:
    """An element that is open: what it has come to say so far."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def text(self) -> str:
        return "".join(self.said)


class _Reader(HTMLParser):
    """Folds each element into the one around it when it ends. What was never closed ends with the text."""

    def __init__(self, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self._language = language
        self._open = [_Frame("")]
        self.pictures: list[tuple[str, str]] = []

    def markup(self) -> str:
        while len(self._open) > 1:
            self._fold()
        lines = (line.rstrip() for line in self._open[0].text.strip("\n").split("\n"))
        return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._open[-1].said.append("\n")
        elif tag == "img":
            self.pictures.append((given.get("src", ""), _GAPS.sub(" ", given.get("alt", "")).strip()))
        elif tag not in _VOID and len(self._open) < MOST_DEPTH:
            self._end_what_ends_by_itself(tag)
            self._open.append(_Frame(tag, given))

    def handle_endtag(self, tag: str) -> None:
        if any(frame.tag == tag for frame in self._open[1:]):
            while self._open[-1].tag != tag:
                self._fold()
            self._fold()

    def handle_data(self, data: str) -> None:
        inside = {frame.tag for frame in self._open}
        if "pre" in inside:
            self._open[-1].said.append(data)
        elif inside & {"code", "math", "annotation"}:
            self._open[-1].said.append(_GAPS.sub(" ", data))
        else:
            text = _GAPS.sub(" ", data.replace("\xa0", " "))
            is_at_start = not self._open[-1].said or self._open[-1].said[-1].endswith("\n")
            self._open[-1].said.append(escaped(text.lstrip(" ") if is_at_start and self._is_block() else text))

    def _is_block(self) -> bool:
        return self._open[-1].tag in _BLOCKS | {"", "li", "td", "th"}

    def _end_what_ends_by_itself(self, tag: str) -> None:
        """A paragraph ends where a block begins, an item where the next one does."""
        own = self._open[-1].tag
        if (own == "p" and tag in _BLOCKS) or (own == tag and tag in {"li", "tr", "td", "th", "dt", "dd"}):
            self._fold()

    def _fold(self) -> None:
        frame = self._open.pop()
        around = self._open[-1]
        if frame.tag == "li":
            around.count += 1
        around.said.append(self._said(frame, around))

    def _said(self, frame: _Frame, around: _Frame) -> str:
        text = frame.text
        if frame.tag in _SILENT or self._is_foreign(frame):
            return ""
        if frame.tag in _EMPHASIS:
            return _around(text, _EMPHASIS[frame.tag])
        written = getattr(self, f"_of_{frame.tag}", None)
        if written is not None:
            return str(written(text, around))
        if frame.tag in _BLOCKS:
            return f"\n\n{text.strip()}\n\n"
        return text

    def _is_foreign(self, frame: _Frame) -> bool:
        if "multilang" not in frame.attributes.get("class", ""):
            return False
        return self._language not in _codes(frame.attributes.get("lang", ""))

    def _of_sub(self, text: str, _around: _Frame) -> str:
        return lowered(text.strip())

    def _of_sup(self, text: str, _around: _Frame) -> str:
        return raised(text.strip())

    def _of_code(self, text: str, around: _Frame) -> str:
        if around.tag == "pre" or not text.strip():
            return text
        fence = "``" if "`" in text else "`"
        return f"{fence} {text.strip()} {fence}" if "`" in text else f"`{text.strip()}`"

    def _of_pre(self, text: str, _around: _Frame) -> str:
        lines = text.strip("\n")
        return f"\n\n```\n{lines}\n```\n\n" if lines.strip() else ""

    def _of_annotation(self, text: str, _around: _Frame) -> str:
        return f"\ue000{text.strip()}\ue000"  # a formula's source in TeX, found again where the formula ends

    def _of_math(self, text: str, _around: _Frame) -> str:
        source = re.search("\ue000(.*?)\ue000", text, re.DOTALL)
        return f"${source[1].strip()}$" if source and source[1].strip() else escaped(text.replace("\ue000", ""))

    def _of_li(self, text: str, around: _Frame) -> str:
        sign = f"{around.count}. " if around.tag == "ol" else "- "
        inner = _MANY_LINES.sub("\n\n", text.strip()).replace("\n\n- ", "\n- ").replace("\n", "\n" + " " * len(sign))
        return f"\n{sign}{inner}"

    def _of_td(self, text: str, _around: _Frame) -> str:
        return re.sub(r"\s+", " ", text).strip().replace("|", "\\|") + "\ue001"

    _of_th = _of_td

    def _of_tr(self, text: str, _around: _Frame) -> str:
        cells = [one.strip() for one in text.split("\ue001")[:-1]]
        return f"\ue002{' | '.join(cells)}" if cells else ""

    def _of_table(self, text: str, _around: _Frame) -> str:
        rows = [row.strip() for row in text.split("\ue002")[1:]]
        return "\n\n" + "\n".join(_table(rows)) + "\n\n" if rows else text


def _around(text: str, sign: str) -> str:
    """The text between signs that touch it, however much space it brought along."""
    core = text.strip()
    if not core or "\n\n" in core:
        return text
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{sign}{core}{sign}{text[start + len(core) :]}"


def _table(rows: list[str]) -> Iterator[str]:
    """The first row is the head, as Markdown has no table without one."""
    width = rows[0].count(" | ") + 1
    yield f"| {rows[0]} |"
    yield "|" + " --- |" * width
    yield from (f"| {row} |" for row in rows[1:])


def as_plain(text: str) -> str:
    """The words of a short HTML text: a name, a category."""
    return _GAPS.sub(" ", html.unescape(re.sub(r"<[^>]{0,1000}>", " ", text))).strip()
