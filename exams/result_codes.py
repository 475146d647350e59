"""Codes of scorecards as people type them from paper, and as they are printed."""

import unicodedata

from exams.models.results import CODE_LENGTH, CODE_SIGNS

GROUP = 4
_ALIKE = str.maketrans("АВСЕНКМРТХЅЈԚԜΑΒΕΖΗΚΜΝΡΤΥΧ", "ABCEHKMPTXSJQWABEZHKMNPTYX")
"""Letters of other alphabets that look like ours."""
_NOT_SIGNS = frozenset("\u00ad\u200b\u200c\u200d\ufeff")


def printed(code: str) -> str:
    """ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """The code that was meant: without what stands between its signs, in capitals, digits and letters as ours are."""
    wide = unicodedata.normalize("NFKC", typed).upper()
    signs = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in wide.translate(_ALIKE))
    return "".join(sign for sign in signs if sign.isalnum() and sign not in _NOT_SIGNS)


def strange(code: str) -> str:
    """Of a code that was read, the signs that are in no code, each once and in order."""
    return "".join(dict.fromkeys(sign for sign in code if sign not in CODE_SIGNS))


def is_whole(code: str) -> bool:
    """Whether it could be one."""
    return len(code) == CODE_LENGTH and not strange(code)
