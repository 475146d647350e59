"""Programs as tokens, so that they can be compared whatever their names, comments and blanks are. Pure.

What is kept: keywords, operators, brackets. Names are one class (`NAME`), numbers, texts and the types of numbers one
each; comments, docstrings, blanks, semicolons and what only brings in libraries are left out. Languages with braces are
one family and share their keywords, so a program that was turned from C++ into Java stays comparable.

This is no parser: whatever is typed becomes tokens, in one pass that never goes back (possessive patterns), and what is
not closed ends with its line, or with the program if it may span lines.
"""

import re
from dataclasses import dataclass
from functools import cache

NAME, NUMBER, TEXT, TYPE = "a", "0", "''", "int"
FAMILIES = {"py": "py", "c": "braces", "cpp": "braces", "java": "braces", "js": "braces"}
"""Programs of one family are compared with each other."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """`lines` says where each of `signs` stands, from 1."""

    signs: tuple[str, ...]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.signs)


def _words(several: str) -> frozenset[str]:
    return frozenset(several.split())


KEYWORDS = {
    "py": _words(
        """False None True and as assert async await break case class continue def del elif else except finally for
        from global if import in is lambda match nonlocal not or pass raise return try while with yield"""
    ),
    "braces": _words(
        """abstract async await break case catch class const constexpr continue default delete do else enum export
        extends false final finally for friend function goto if implements in inline instanceof interface namespace new
        null nullptr of operator private protected public record return sizeof static struct super switch template this
        throw throws true try typedef typeof typename undefined union using virtual void volatile while yield"""
    ),
}
TYPES = _words("auto bool boolean byte char double float int let long short signed size_t unsigned var")
"""Swapping these is the first disguise anybody thinks of; several in a row are one."""

_DIGITS = r"(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*+)"
_DIGITS_WITH_QUOTES = r"(?P<number>\.?\d(?:[eEpP][+-]|'(?=\w)|[\w.])*+)"
_WORD = r"(?P<word>[^\W\d][\w$]*+|\$[\w$]*+)"
_LINE_TEXT = r"\"(?:[^\"\\\n]|\\[\s\S])*+\"?|'(?:[^'\\\n]|\\[\s\S])*+'?"
_BLOCK_TEXT = r"\"\"\"(?:[^\"\\]|\\[\s\S]|\"(?!\"\"))*+(?:\"\"\")?"
_BLOCK_TEXT_OF_APOSTROPHES = r"'''(?:[^'\\]|\\[\s\S]|'(?!''))*+(?:''')?"
_TEMPLATE_TEXT = r"`(?:[^`\\]|\\[\s\S])*+`?"
_RAW_TEXT = r"(?:u8|[uUL])?R\"(?P<fence>[^()\\\s\"]{0,16})\((?:(?!\)(?P=fence)\")[\s\S])*+(?:\)(?P=fence)\")?"
_REMARK = r"//(?:[^\\\n]|\\[\s\S])*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
_SIGNS = (
    r"(?P<sign>>>>=|\.\.\.|===|!==|\*\*=|//=|<<=|>>=|>>>|<=>|\?\?=|&&=|\|\|=|:=|->|=>|::|\?\?|\?\.|\*\*|&&|\|\||\+\+|--"
    r"|[-+*/%&|^<>=!@]=|<<|>>|//|[^\s\w;\\])"
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\]?)++(?:/[a-z]*+)?")
_BEFORE_A_REGEX = _words("( , = : [ ! & | ? { } + - * % ~ ^ < > => && || ?? == === != !== return typeof case")


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """In the order of its parts: what is left out, texts, numbers, words, signs."""
    remark, left_out, texts = _REMARK, r"(?:import|package)\b[^;\n]*+", [_LINE_TEXT]
    number = _DIGITS
    match language:
        case "py":
            blocks = rf"{_BLOCK_TEXT}|{_BLOCK_TEXT_OF_APOSTROPHES}"
            remark, left_out = r"\#[^\n]*+", rf"(?:import|from)\b[^;\n]*+|{blocks}"
            texts = [rf"(?:[rbfuRBFU]{{1,2}}(?=[\"']))?(?:{blocks}|{_LINE_TEXT})"]
        case "c" | "cpp":
            left_out, number = r"\#[ \t]*include\b[^\n]*+|using[ \t]+namespace\b[^;\n]*+", _DIGITS_WITH_QUOTES
            texts = [_RAW_TEXT, _LINE_TEXT] if language == "cpp" else texts
        case "java":
            texts = [_BLOCK_TEXT, _LINE_TEXT]
        case "js":
            texts = [_TEMPLATE_TEXT, _LINE_TEXT]
    gone = rf"(?P<gone>^[ \t]*+(?:{left_out})|\n|[^\S\n]++|(?:{remark})|[;\\])"
    return re.compile("|".join([gone, rf"(?P<text>{'|'.join(texts)})", number, _WORD, _SIGNS]), re.MULTILINE)


def tokens_of(source: str, language: str) -> Tokens:
    """Raises: KeyError of a language nobody knows."""
    keywords = KEYWORDS[FAMILIES[language]]
    is_braces, is_js, match = FAMILIES[language] == "braces", language == "js", _pattern(language).match
    signs: list[str] = []
    lines: list[int] = []
    at, line, last = 0, 1, ""
    while at < len(source):
        found = match(source, at)
        if is_js and source[at] == "/" and (not last or last in _BEFORE_A_REGEX):
            found = _REGEX.match(source, at) or found
        if found is None:  # a sign that no language knows
            at += 1
            continue
        kind, word = found.lastgroup, found.group()
        at = found.end()
        if kind != "gone":
            sign = _sign(kind, word, keywords, is_braces=is_braces)
            if sign != TYPE or last != TYPE:
                signs.append(sign)
                lines.append(line)
            last = sign
        line += word.count("\n")
    return Tokens(tuple(signs), tuple(lines))


def _sign(kind: str | None, word: str, keywords: frozenset[str], *, is_braces: bool) -> str:
    if kind == "word":
        if word in keywords:
            return word
        return TYPE if is_braces and word in TYPES else NAME
    if kind == "sign":
        return word
    return NUMBER if kind == "number" else TEXT
