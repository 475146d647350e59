"""Names as people type them, made alike, and file names made safe to keep and to send."""

import unicodedata
from urllib.parse import quote

NAME_BYTES = 255
_EXTENSION_BYTES = 32
_SEPARATORS = str.maketrans({"/": "_", "\\": "_"})
# Marks that reorder text: "gpj.exe" can be made to read "exe.jpg".
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Kept although they are format characters: Hindi and other Indian scripts write conjuncts with them.
_JOINERS = frozenset("\u200c\u200d")
_ATTR_CHAR = "!#$&+-.^_`|~"  # RFC 5987, section 3.2.1


def clean_filename(name: str) -> str:
    """`name` as a plain name of 1 to 255 UTF-8 bytes, its extension kept.

    Path separators become `_`; control and reordering characters go. `.`, `..` and nothing become `file`.
    """
    text = unicodedata.normalize("NFC", name.translate(_SEPARATORS))
    text = "".join(" " if character in "\t\r\n" else character for character in text if _is_kept(character))
    text = " ".join(text.split())
    if not text.strip("."):
        return "file"
    return _cut(text)


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC): a letter that can be written in two ways is kept in one."""
    return unicodedata.normalize("NFC", text)


def one_line(typed: str, *, at_most: int) -> str:
    """What somebody wrote in a few words, as it is kept: composed, on one line, without what cannot be seen.

    Control and reordering characters go, and what no text in the database can hold (NUL, halves of characters).
    """
    text = "".join(" " if character.isspace() else character for character in typed if _is_kept(character))
    return composed(" ".join(text.split()))[:at_most].rstrip()


def search_text(typed: str, *, at_most: int = 100) -> str:
    """What somebody typed to find something, composed as names are kept, without what no text in the
    database can hold (PostgreSQL: no NUL)."""
    return composed(typed.replace("\0", "").strip()[:at_most])


def whole_number(typed: str, *, most: int) -> int | None:
    """A number as addresses and forms carry it, in plain digits, from 0 to `most`; None for anything else."""
    is_one = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    return int(typed) if is_one and int(typed) <= most else None


def _is_kept(character: str) -> bool:
    if character in _BIDI:
        return False
    if character in _JOINERS or character in "\t\r\n":
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _cut(text: str) -> str:
    """The first 255 bytes of `text`, at the cost of the stem and not of the extension, at a character's border."""
    if len(text.encode()) <= NAME_BYTES:
        return text
    stem, dot, extension = text.rpartition(".")
    tail = dot + extension
    if not stem or len(tail.encode()) > _EXTENSION_BYTES:
        stem, tail = text, ""
    room = NAME_BYTES - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + tail


def content_disposition(disposition: str, filename: str) -> str:
    """The header's value for `inline` or `attachment` and any file name, cleaned first.

    Plain ASCII names are quoted; others also get `filename*`, which every current browser prefers.
    Source: RFC 6266 and its appendix D.
    """
    name = clean_filename(filename)
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # A percent sign is decoded by some clients even in the plain form, and an escaped quote is misread by others.
    plain = "".join("_" if character in '"\\%' else character for character in ascii_name).strip()
    if not plain.strip(".") or plain.startswith("."):
        plain = f"file{plain.rstrip('.')}"
    value = f'{disposition}; filename="{plain}"'
    if plain != name:
        value += f"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
    return value
