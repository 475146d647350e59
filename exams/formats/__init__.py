"""Questions as files of other programs hold them. Pure: no Django, no database.

Each format is a module with `parse(bytes) -> Parsed` and `write(items) -> bytes`: `csv_file` (our own table),
`gift` (text) and `moodle_xml`. What a format cannot carry is told by `carried.lost` before anything is written.

A question that does not fit never hides the others: it becomes a `LineProblem` with the line where it begins. Codes are
for machines; `exams.question_file_words` has the sentences.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from exams.content import Choice, Content, Picture

MAX_BYTES = 10 * 1024 * 1024
MAX_QUESTIONS = 5_000
MAX_LINE_CHARS = 200_000
PASSAGE_TAG = "passage:"
"""Formats without a place for it name the passage of a question by a tag: this and the passage's own reference."""
DIFFICULTIES = {"easy": "EASY", "medium": "MEDIUM", "hard": "HARD"}


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a file. `line` is where it begins.

    `subject` is named only by formats that know subjects; `path` are the categories it lies in, outermost first.
    `difficulty` is "" when the file says none. Pictures of the content name their bytes in `images`. `passage_ref` is,
    of a passage, by what its questions name it, and of a question, the passage it belongs to.
    """

    line: int
    content: Content
    subject: str = ""
    path: tuple[str, ...] = ()
    difficulty: str = ""
    tags: tuple[str, ...] = ()
    name: str = ""
    images: Mapping[str, bytes] = field(default_factory=dict)
    passage_ref: str = ""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What keeps a question out, or, among notes, what of it was left behind. `detail` is a word of the file."""

    line: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, in its order. Notes are about questions that are taken. `is_lettered`: the file names options
    by their letters, of which its solutions may speak.
    """

    items: tuple[Item, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    notes: tuple[LineProblem, ...] = ()
    is_lettered: bool = False


class NoQuestion(Exception):
    """A question cannot be read; becomes a LineProblem."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def refused(code: str, *, line: int = 1, detail: str = "") -> Parsed:
    """A file of which nothing can be taken."""
    return Parsed(problems=(LineProblem(line, code, detail),))


def told_by_tags(item: Item, tags: Iterable[str]) -> Item:
    """The item with these tags, of which some say how hard it is or which passage it belongs to."""
    kept, difficulty, passage = [], item.difficulty, item.passage_ref
    for tag in (one.strip() for one in tags):
        if tag.casefold() in DIFFICULTIES:
            difficulty = difficulty or DIFFICULTIES[tag.casefold()]
        elif tag.casefold().startswith(PASSAGE_TAG):
            passage = passage or tag[len(PASSAGE_TAG) :]
        elif tag:
            kept.append(tag)
    return replace(item, tags=tuple(kept), difficulty=difficulty, passage_ref=passage)


def tags_that_tell(item: Item) -> tuple[str, ...]:
    """The tags by which `told_by_tags` learns all of it again."""
    hard = [item.difficulty.lower()] if item.difficulty else []
    of_passage = item.passage_ref and item.content.kind != "PASSAGE"
    return (*item.tags, *hard, *([f"{PASSAGE_TAG}{item.passage_ref}"] if of_passage else []))


def lettered(choices: Iterable[Choice], letters: str) -> tuple[Choice, ...]:
    """The choices with these letters as their ids, in order; what lies beyond the letters keeps none."""
    return tuple(replace(one, id=letters[at] if at < len(letters) else "") for at, one in enumerate(choices))


def pictures_of(content: Content) -> list[Picture]:
    """Every picture it shows."""
    return list(content.body.pictures())
