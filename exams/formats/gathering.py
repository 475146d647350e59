"""Questions gathered out of a file one by one, so that a bad one is told and hides no other. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exams.formats import MAX_QUESTIONS, Item, LineProblem, NoQuestion, Parsed, refused

Read = Callable[[], tuple[Item, set[str]]]


@dataclass(slots=True)
class Gathering:
    """What was read so far."""

    items: list[Item] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    notes: list[LineProblem] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.items) + len(self.problems) >= MAX_QUESTIONS

    def take(self, line: int, read: Read) -> None:
        """What `read` gives (a question, and codes of what of it was left behind), or why it gives none."""
        try:
            item, said = read()
        except NoQuestion as error:
            self.problem(line, error.code, error.detail)
        else:
            self.items.append(item)
            self.notes += [LineProblem(line, code) for code in sorted(said)]

    def problem(self, line: int, code: str, detail: str = "") -> None:
        self.problems.append(LineProblem(line, code, detail[:80]))

    def parsed(self) -> Parsed:
        if not self.items and not self.problems:
            return refused("empty")
        return Parsed(tuple(self.items), tuple(self.problems), tuple(self.notes))
