"""The pictures of one question of a file: kept by what they hold, found by how the text names them. Pure."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from exams.content import Picture, Text

PLACE = "@@PLUGINFILE@@/"
_DATA = re.compile(r"data:image/[a-z.+-]+;base64,(.*)", re.DOTALL | re.IGNORECASE)


@dataclass(slots=True)
class Pictures:
    """`held` are bytes by their reference; `notes` tell of pictures that are not in the file."""

    held: dict[str, bytes] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    _names: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, encoded: str, encoding: str) -> None:
        content = _decoded(encoded) if encoding == "base64" else None
        if content is None:
            self.notes.add("image_broken")
        else:
            self._names[name] = self._keep(content)

    def picture(self, source: str, alt: str) -> Picture | None:
        """What a text shows there; None when it lies on another site, or nowhere."""
        said = Text(alt.replace("\0", "")[:300])
        if data := _DATA.match(source.strip()):
            content = _decoded(data[1])
            return Picture(self._keep(content), said) if content else None
        name = unquote(source.strip().removeprefix(PLACE)).split("?")[0]
        if found := self._names.get(name):
            return Picture(found, said)
        self.notes.add("image_missing" if source.startswith(PLACE) else "image_elsewhere")
        return None

    def _keep(self, content: bytes) -> str:
        reference = hashlib.sha256(content).hexdigest()[:16]
        self.held[reference] = content
        return reference


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode("".join(encoded.split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None
