"""The corpus: programs somebody might hand in to hurt the judge, and honest ones it must not hinder.

They lie in `corpus`, named `<group>_<name>.<language>`, each a file as it would be handed in. The comments at its head:

    expect: AC RE       verdicts that are right; which of them may depend on the machine
    what: …             what it tries, and what must come of it
    stdin: …            its input: words, or `doors` (see `containment.Doors`), or `numbers` (8 MB of them)
    stdins: a | b       several tests instead of one
    answer: …           the right output; without it `contained`, which a program prints that found no hole
    cpu: 300            limit in milliseconds, before the language's factor (1000)
    memory: 64          limit in MB (128)
    slow: yes           only the whole corpus has it (make proof)

A program that finds a hole says `hole: …` on its output. @SECRET@, @PROJECT@ and @ROOT@ (where root
is at home) stand for paths of this machine.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"
LANGUAGES = ("py", "c", "cpp", "java", "js")
GROUPS = ("time", "memory", "process", "output", "file", "network", "kernel", "spoof", "compile", "honest")
CONTAINED = "contained"
_HEAD = re.compile(r"^(?:#|//) (expect|what|stdin|stdins|answer|cpu|memory|slow):[ ]?(.*)$", re.MULTILINE)
_NUMBERS = 1_190_000


@dataclass(frozen=True)
class Program:
    """One of them. `expect` are verdicts; `stdins` one text a test, where `doors` and `numbers` are names of inputs."""

    file: str
    source: str
    expect: tuple[str, ...]
    what: str
    stdins: tuple[str, ...] = ("",)
    answer: str = CONTAINED
    cpu_ms: int = 1000
    memory_mb: int = 128
    is_slow: bool = False

    @property
    def group(self) -> str:
        return self.file.partition("_")[0]

    @property
    def language(self) -> str:
        return self.file.rpartition(".")[2]

    @property
    def is_honest(self) -> bool:
        return self.group == "honest"

    def right_answer(self) -> str:
        """What it must print for AC."""
        if self.answer == "numbers":
            return f"{sum(map(int, numbers().split()))}\n"
        if self.answer == "lines":
            return "".join(f"{number:07d}\n" for number in range(655_360))
        return f"{self.answer}\n" if self.answer else ""


@cache
def numbers() -> str:
    """Almost 8 MiB of numbers, twenty a line."""
    words = [f"{number * 7919 % 1_000_003:06d}" for number in range(_NUMBERS)]
    return "\n".join(" ".join(words[start : start + 20]) for start in range(0, len(words), 20)) + "\n"


@cache
def programs() -> tuple[Program, ...]:
    """All of them, by name. Raises: ValueError of a file that does not say what must come of it."""
    paths = sorted(path for path in CORPUS.iterdir() if path.is_file())
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Program:
    source = path.read_text(encoding="utf-8")
    head: dict[str, str] = dict(_HEAD.findall(source))
    is_named = path.name.partition("_")[0] in GROUPS and path.suffix[1:] in LANGUAGES
    if not is_named or not head.keys() >= {"expect", "what"}:
        raise ValueError(f"{path.name} does not say what must come of it.")
    stdins = tuple(one.strip() for one in head.get("stdins", head.get("stdin", "")).split("|"))
    return Program(
        file=path.name,
        source=source,
        expect=tuple(head["expect"].split()),
        what=head["what"].strip(),
        stdins=stdins,
        answer=head.get("answer", CONTAINED).strip(),
        cpu_ms=int(head.get("cpu", 1000)),
        memory_mb=int(head.get("memory", 128)),
        is_slow="slow" in head,
    )
