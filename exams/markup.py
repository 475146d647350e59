"""What teachers write in questions, as safe HTML: a little Markdown, and formulas between `$…$` or `$$…$$`.

Markdown-it knows no HTML, links or images here; formulas (also `\\(…\\)` and `\\[…\\]`) are found before emphasis, so
that `a_1` and `*` in them stay; what comes out passes an allowlist (nh3) in which nothing can be clicked or loaded.
The text is given whole: over `MOST_TEXT` it is cut, and after `MOST_FORMULAS` formulas stand as their source.
"""

import re
from collections.abc import Iterable, MutableMapping, Sequence
from functools import cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from exams.content import MOST_TEXT
from exams.formulas import ATTRIBUTES, MOST_SIGNS, TAGS, formula

MOST_FORMULAS = 200
MOST_BARS = 2000
"""With more `|` than that there are no tables: cells that were never written would cost more than the text."""
_RULES = ("table", "fence", "list", "emphasis", "escape", "backticks", "newline", "balance_pairs", "fragments_join")
_HTML = {"p", "br", "strong", "em", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
_ALIGNED = {"text-align:center": "to-middle", "text-align:right": "to-end"}
_CLASSES = {
    "span": {"formula"},
    "div": {"formula"},
    "code": {"formula-source"},
    "td": set(_ALIGNED.values()),
    "th": set(_ALIGNED.values()),
}
_ENDS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)", "$": "$"}
_BLOCKS = ("$$", "\\[")
_GAPS = re.compile(r"\s+")


def html(text: str) -> SafeString:
    """The markup as HTML that can be put on any page, in blocks (`<p>`, lists, tables)."""
    kept = _kept(text)
    made = _parser_for(kept).render(kept, {})
    safe = nh3.clean(
        made,
        tags=_HTML | {"span", "div"} | TAGS,
        attributes={"ol": {"start"}, **{tag: set(ATTRIBUTES) for tag in TAGS}},
        allowed_classes=_CLASSES,
        url_schemes=set(),
        link_rel=None,
    )
    return mark_safe(safe.strip())  # noqa: S308  # the allowlist above is what makes it safe


def plain(text: str) -> str:
    """Its words on one line, formulas as far as a line can say them: to be listed, searched and read aloud."""
    kept = _kept(text)
    return _GAPS.sub(" ", "".join(_words(_parser_for(kept).parse(kept, {})))).strip()


def _kept(text: str) -> str:
    """What can be encoded and fits; half a character becomes a question mark, as the database refuses it."""
    return text[:MOST_TEXT].replace("\0", "").encode("utf-8", "replace").decode()


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.children is not None:
            yield from _words(token.children)
        elif token.type.startswith("formula"):
            found = formula(token.content, is_block=token.type == "formula_block")
            yield found.words if found else token.content
        else:
            yield token.content
        if token.block or token.type.endswith("break"):
            yield " "


def _parser_for(text: str) -> MarkdownIt:
    return _parser(with_tables=text.count("|") <= MOST_BARS)


@cache
def _parser(*, with_tables: bool) -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": 20}).enable(_RULES[not with_tables :])
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.block.ruler.before("fence", "formula_block", _block, {"alt": ["paragraph", "list"]})
    for name, rule in (("formula", _formula), ("formula_block", _formula), ("td_open", _cell), ("th_open", _cell)):
        parser.add_render_rule(name, rule)
    return parser


# --- Finding formulas -------------------------------------------------------------------------------------------------


def _inline(state: StateInline, silent: bool) -> bool:
    opened = _opened_at(state.src, state.pos)
    if opened is None:
        return False
    start, close = state.pos + len(opened), _ENDS[opened]
    end = _end_of(state.src, start, close, state.posMax)
    if end < 0 or (opened == "$" and not _is_formula(state.src, start, end)):
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = state.src[start:end], opened
    state.pos = end + len(close)
    return True


def _opened_at(source: str, place: int) -> str | None:
    return next((one for one in _ENDS if source.startswith(one, place)), None)


def _end_of(source: str, start: int, close: str, stop: int) -> int:
    """Where the formula that began ends, -1 when not within reach. The reach bounds the time of many openings."""
    place, stop = start, min(stop, start + MOST_SIGNS + 2)
    while (place := source.find(close, place, stop)) >= 0:
        before = len(source[start:place]) - len(source[start:place].rstrip("\\"))
        if close[0] == "\\" or before % 2 == 0:
            return place if place > start else -1
        place += 1
    return -1


def _is_formula(source: str, start: int, end: int) -> bool:
    """`$5 and $6` is money: a formula touches its dollars, and no digit follows."""
    return not (source[start].isspace() or source[end - 1].isspace() or source[end + 1 : end + 2].isdigit())


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A formula that begins a line and ends one, whatever lines stand between (`=` would else make headings)."""
    start = state.bMarks[first] + state.tShift[first]
    opened = next((one for one in _BLOCKS if state.src.startswith(one, start)), None)
    if opened is None or state.sCount[first] - state.blkIndent >= 4:
        return False
    end = _end_of(state.src, start + 2, _ENDS[opened], state.eMarks[last - 1])
    if end < 0:
        return False
    line = next(one for one in range(first, last) if end <= state.eMarks[one])
    if state.src[end + 2 : state.eMarks[line]].strip():
        return False
    if not silent:
        token = state.push("formula_block", "", 0)
        token.content, token.markup, token.block = state.src[start + 2 : end], opened, True
        state.line = line + 1
    return True


# --- Writing ----------------------------------------------------------------------------------------------------------


def _formula(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, seen: MutableMapping[str, Any]
) -> str:
    token = tokens[at]
    seen["formulas"] = seen.get("formulas", 0) + 1
    is_block = token.markup in _BLOCKS
    found = formula(token.content, is_block=is_block) if seen["formulas"] <= MOST_FORMULAS else None
    if found is None:
        made = f'<code class="formula-source">{escape(token.content.strip())}</code>'
        return f"<p>{made}</p>" if token.block else made
    if not is_block:
        return found.mathml
    tag = "div" if token.block else "span"
    return f'<{tag} class="formula">{found.mathml}</{tag}>'


def _cell(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, seen: MutableMapping[str, Any]
) -> str:
    """A cell's side as a class: pages allow no styles of their own."""
    side = _ALIGNED.get(str(tokens[at].attrs.pop("style", "")))
    if side:
        tokens[at].attrSet("class", side)
    return self.renderToken(tokens, at, options, seen)
