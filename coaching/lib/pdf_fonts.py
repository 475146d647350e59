"""The fonts of documents: Noto Sans and Noto Sans Devanagari, regular and bold, made once and kept in DATA_DIR/fonts.

The packages bring variable fonts with signs of many languages; a document needs fixed weights of what names, marks and
money are written with. Making the four takes about 4 s of CPU. A file is named after its font, the package's version
and `RECIPE`, so a new package makes new ones; the same input gives the same bytes, so two processes that make one at
once only do the work twice.
"""

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

RECIPE = 1
WEIGHTS = {"regular": 400, "bold": 700}
_one_at_a_time = threading.Lock()
for _talker in ("fontTools", "fpdf"):  # they tell of each table they touch, and fpdf of signs that no font has
    logging.getLogger(_talker).setLevel(logging.ERROR)


def _ranges(*ranges: tuple[int, int]) -> list[int]:
    return [sign for first, last in ranges for sign in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Source:
    """A variable font of a package and what is kept of it; `features` None: all a script needs to be shaped."""

    name: str
    package: str
    file: str
    signs: list[int]
    features: tuple[str, ...] | None = None

    @property
    def path(self) -> Path:
        module = import_module(self.package.replace("-", "_"))
        return Path(str(module.__file__)).parent / "files" / self.file

    def made(self, weight: str) -> Path:
        """Where the font of this weight is kept."""
        return folder() / f"{self.name}-{version(self.package)}-r{RECIPE}-{weight}.ttf"


LATIN = Source(
    "noto-sans",
    "fontpkg-noto-sans",
    "NotoSans[wdth,wght].ttf",
    # Latin, Greek, punctuation, currency, signs, and what stands for a sign no font has. Not the joiners U+200C and
    # U+200D: they must stay with the Devanagari they join.
    _ranges(
        (0x20, 0x24F),
        (0x2B0, 0x2FF),
        (0x370, 0x3FF),
        (0x1E00, 0x1EFF),
        (0x2010, 0x20CF),
        (0x2100, 0x22FF),
        (0xFFFD, 0xFFFD),
    ),
    ("kern", "ccmp", "locl"),
)
DEVANAGARI = Source(
    "noto-sans-devanagari",
    "fontpkg-noto-sans-devanagari",
    "NotoSansDevanagari[wdth,wght].ttf",
    _ranges((0x20, 0x20), (0x900, 0x97F), (0x200C, 0x200D), (0x25CC, 0x25CC), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)),
)


def folder() -> Path:
    return Path(settings.FONTS_DIR)


def fonts(source: Source) -> dict[str, Path]:
    """The files by weight, made if they are not there yet."""
    files = {weight: source.made(weight) for weight in WEIGHTS}
    if not all(file.exists() for file in files.values()):
        with _one_at_a_time:
            _make({weight: file for weight, file in files.items() if not file.exists()}, source)
    return files


def are_made() -> bool:
    return all(source.made(weight).exists() for source in (LATIN, DEVANAGARI) for weight in WEIGHTS)


def make_all() -> None:
    """Have every font ready, so that nobody waits for his first document."""
    for source in (LATIN, DEVANAGARI):
        fonts(source)


def _make(files: dict[str, Path], source: Source) -> None:
    if not files:
        return
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    small = _subset(source)
    for weight, file in files.items():
        font = TTFont(BytesIO(small), recalcTimestamp=False)
        font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS[weight], "wdth": 100}, inplace=True)
        made = BytesIO()
        font.save(made)
        _keep(file, made.getvalue())


def _subset(source: Source) -> bytes:
    """The variable font with only what is kept of it: weights of that are made ten times as fast."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source.path, recalcTimestamp=False)
    for table in {"STAT", "MVAR"} & set(font.keys()):  # for programs that choose a weight by themselves
        del font[table]
    options = subset.Options(hinting=False, notdef_outline=True, glyph_names=False)
    if source.features is not None:
        options.layout_features = list(source.features)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=_known(font, source.signs))
    chooser.subset(font)
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def _known(font: Any, signs: Iterable[int]) -> set[int]:
    return set(signs) & set(font.getBestCmap())


def _keep(file: Path, content: bytes) -> None:
    """There as a whole or not at all, also when the machine goes down meanwhile or another process makes it, too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".making")
    try:
        with os.fdopen(descriptor, "wb") as beside:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
        Path(name).replace(file)
    except PermissionError:  # Windows does not replace a file somebody reads: then it is there, with the same bytes
        if not file.exists():
            raise
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
