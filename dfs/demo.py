"""The demo institute's Drives and files: five folders lent by five people, and a few files spread over them."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from dfs import pool, store, work
from dfs.models import DriveAccount, Job, StoredFile
from dfs.operator import quiet_wakes

CAP_BYTES = 2 * 1024**3
LENDERS = ("rajendra", "meera", "imran", "subramaniam", "lata")
MIB = 1024 * 1024


def seed(people: dict[str, User]) -> None:
    """Lend the folders and store the files that are not there yet. Repeating it changes nothing that is in order."""
    for key in LENDERS:
        if key in people and not DriveAccount.objects.filter(label=key).exists():
            pool.add_local(key, cap_bytes=CAP_BYTES, owner=people[key], actor=people[key])
    with quiet_wakes():
        for sample in SAMPLES:
            if sample.lender in people:
                _put(sample, people[sample.lender])
        for job in Job.objects.open().filter(kind=Job.Kind.DISTRIBUTE):
            work.perform(job.pk)


def _put(sample: "Sample", owner: User) -> None:
    """Also a file that was deleted since is not put again."""
    if StoredFile.objects.filter(name=sample.name, purpose=sample.purpose, owner=owner).exists():
        return
    stream = io.BytesIO(sample.make())
    store.put(stream, name=sample.name, purpose=sample.purpose, owner=owner, content_type=sample.content_type)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of the demo; `make` gives the same bytes every time."""

    name: str
    purpose: str
    lender: str
    content_type: str
    make: Callable[[], bytes]


_WELCOME = """This file was cut into pieces, each piece was sealed, and every piece lies on another person's Drive.

Take two of the five folders away: it still opens. Put them back, or lend two new ones, and it heals itself.
"""
_HINDI = "अम्ल का स्वाद खट्टा होता है और वह नीले लिटमस को लाल कर देता है। क्षार का स्वाद कड़वा होता है।\n"


def _png(width: int, height: int) -> bytes:
    """A soft pattern in true colour, made with nothing but zlib."""
    rows = b"".join(b"\0" + _row(width, height, y) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, body) for kind, body in chunks)


def _row(width: int, height: int, y: int) -> bytes:
    green = 96 + 128 * y // height
    return b"".join(bytes((64 + 96 * x // width, green, 200 - (x ^ y) % 64)) for x in range(width))


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - content, not a secret


_OURS, _OWN = StoredFile.CONSOLE, StoredFile.MINE
SAMPLES = (
    Sample("Welcome to the store.txt", _OURS, "rajendra", "text/plain", _WELCOME.encode),
    Sample("Timetable colours.png", _OURS, "rajendra", "image/png", lambda: _png(960, 540)),
    Sample("अम्ल, क्षार और लवण: अध्याय 2.txt", _OWN, "meera", "text/plain", (_HINDI * 400).encode),
    Sample("Ray optics, worked examples.png", _OWN, "imran", "image/png", lambda: _png(1200, 800)),
    Sample("Lab demo, titration (raw).bin", _OURS, "meera", "", lambda: _noise(7, 8 * MIB)),
    Sample("Mock test 6, answer scripts.bin", _OWN, "lata", "", lambda: _noise(11, 14 * MIB)),
)
