"""LaTeX formulas as MathML, which browsers draw by themselves. Bounded in length, depth and time; nothing here fails.

What LaTeX names and MathML lets do more than be seen (links, styles, scripts) is left out by an allowlist of tags and
attributes, and every word is escaped here, whatever the converter thinks of it. Pure: no Django.
"""

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree  # trees are only built and written here, never read

from latex2mathml.converter import convert_to_element

MOST_SIGNS = 2000
"""Of one formula; a longer one is shown as its source."""
MOST_DEPTH = 60
_TAGS = (
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts none mtable mtr mtd mstyle menclose mpadded mphantom"
)
_ATTRIBUTES = (
    "display alttext mathvariant stretchy fence form separator lspace rspace minsize maxsize largeop movablelimits"
    " symmetric accent accentunder linethickness bevelled displaystyle scriptlevel notation width height depth voffset"
    " columnalign rowspacing columnspacing columnlines rowlines"
)
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
_DEFINES = re.compile(r"\\(?:(?:re)?newcommand|providecommand|def|let|DeclareMathOperator)(?![A-Za-z])")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_ESCAPED = re.compile(r"\\\\|\\[{}]")
_BETWEEN = {"mfrac": "/", "msup": "^", "mover": "^", "msub": "_", "munder": "_"}
_AROUND = {"msqrt": "√", "mroot": "√"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as MathML, and in a line of words for lists and searches."""

    mathml: str
    words: str


@lru_cache(maxsize=1024)
def formula(source: str, *, is_block: bool = False) -> Formula | None:
    """What `source` (without its dollars) says; None when it cannot be read or is too long or too deep."""
    source = source.strip()
    if not source or len(source) > MOST_SIGNS or _DEFINES.search(source) or _braces(source) > MOST_DEPTH:
        return None
    try:
        tree = convert_to_element(source, display="block" if is_block else "inline")
    except Exception:  # the converter raises its own errors, IndexError, RecursionError and more over broken LaTeX
        return None
    if _depth(tree) > MOST_DEPTH or _has_gaps(tree):
        return None
    words = " ".join(_words(tree).split())
    _keep_known(tree)
    tree.set("alttext", source)
    return Formula(ElementTree.tostring(tree, encoding="unicode"), words)


def _braces(source: str) -> int:
    """How deep its braces nest; more than any depth when they do not close."""
    depth = deepest = 0
    for sign in _ESCAPED.sub("", source):
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
        if depth < 0:
            return MOST_SIGNS
    return deepest if depth == 0 else MOST_SIGNS


def _depth(tree: ElementTree.Element) -> int:
    depth, level = 0, [tree]
    while level and depth <= MOST_DEPTH:
        depth, level = depth + 1, [child for one in level for child in one]
    return depth


def _has_gaps(tree: ElementTree.Element) -> bool:
    """Whether a part is missing, of a fraction say, or a command is one the converter does not know."""
    wanted = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
    if any(_COMMAND.fullmatch(one.text or "") for one in tree.iter("mi")):
        return True
    return any(len(one) != wanted[one.tag] for one in tree.iter() if one.tag in wanted)


def _keep_known(tree: ElementTree.Element) -> None:
    """Leave tags and attributes of the allowlist; the converter's entities become the signs they stand for."""
    for one in tree.iter():
        if one.tag not in TAGS:
            one.tag = "mrow"
        for name in [name for name in one.attrib if name not in ATTRIBUTES]:
            del one.attrib[name]
        one.text, one.tail = _signs(one.text), _signs(one.tail)


def _signs(text: str | None) -> str | None:
    return html.unescape(text) if text else text


def _words(node: ElementTree.Element) -> str:
    """`I = 1/3 mℓ^2` of a tree: a line that reads like the formula, as far as a line can."""
    parts = [_words(child) for child in node]
    if node.tag in _AROUND:
        return f"{_AROUND[node.tag]}{_grouped(parts[0] if node.tag == 'mroot' else ''.join(parts))}"
    if node.tag in _BETWEEN:
        return _BETWEEN[node.tag].join(map(_grouped, parts))
    if node.tag in {"msubsup", "munderover"}:
        return f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    said = (_signs(node.text) or "") + (" " if node.tag in {"mspace", "mtd", "mtr"} else "") + "".join(parts)
    return f" {said} " if node.tag == "mo" and said in {"=", "≤", "≥", "<", ">", "→", "⇒", "≈", "≠"} else said


def _grouped(words: str) -> str:
    words = words.strip()
    return words if len(words) < 2 or words.isalnum() else f"({words})"
