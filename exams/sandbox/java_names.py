"""Which class of a Java source is started, and what its file must be called. Pure; reads, never refuses: what is no
Java gets the names of a `Main`, and javac says the rest.
"""

import re
from dataclasses import dataclass

_NAME = r"[A-Za-z_$][A-Za-z0-9_$]{0,99}"
_SILENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|' + r"'(?:\\.|[^'\\\n])*'?|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL
)
_MARK = re.compile(
    rf"[{{}}]|\b(?P<kind>class|interface|enum|record)\s+(?P<name>{_NAME})(?![\w$])|\b(?P<main>void\s+main)\s*\("
    rf"|\bpackage\s+(?P<package>{_NAME}(?:\.{_NAME}){{0,20}})\s*;|\b(?P<public>public)\b|;"
)


@dataclass(frozen=True, slots=True)
class Names:
    """`file` without its suffix; `main` with its package."""

    file: str
    main: str


def read(source: str) -> Names:
    """Started is the first class at the top with a `void main(`, else the public one, else the first; the file is
    called like the public one, else like that. Comments and texts are passed over; the time is linear."""
    depth, package, is_public = 0, "", False
    public = starts = at_top = first = ""
    for found in _MARK.finditer(_SILENT.sub(" ", source)):
        if found["main"]:
            starts = starts or (at_top if depth == 1 else "")
        elif found["public"]:
            is_public = depth == 0
        elif found["package"]:
            package = package or f"{found['package']}."
        elif found["name"]:
            if depth == 0:
                at_top = found["name"]
                first = first or at_top
                public = public or (at_top if is_public else "")
        else:
            depth = max(depth + {"{": 1, "}": -1}.get(found[0], 0), 0)
            is_public = False
    main = starts or public or first or "Main"
    return Names(public or main, package + main)
