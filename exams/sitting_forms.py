"""What the plain form of a question sends: an answer, a mark, and where to go."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse

from exams import answers
from exams.content import Kind
from exams.judge.code_asked import is_untouched
from exams.paper_facts import QuestionFacts
from exams.sent import Sent
from exams.sitting_page import Sitting
from exams.sitting_question import answer_in

_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SentQuestion:
    """`do` is the button: next, previous, mark, unmark, clear, review, run or submit_code; `seq` and `epoch` are as the
    form was made. `typed` is the whole form: what is run need not be an answer.
    """

    sitting: Sitting
    place: int
    facts: QuestionFacts
    do: str
    seq: int
    epoch: int
    answer: Any
    is_marked: bool
    typed: QueryDict

    @property
    def program(self) -> dict[str, str]:
        """Language and source as they stand in the form."""
        found: dict[str, str] = answer_in(self.typed, kind=Kind.CODING, rows=())
        return found

    @property
    def is_to_be_judged(self) -> bool:
        """Whether its button runs or submits a program."""
        said = self.sitting.paper["questions"][str(self.facts.uuid)]
        return self.do in {"run", "submit_code"} and "code" in said

    def cleaned(self) -> Any:
        """The answer as it is kept. Raises: answers.BadAnswer."""
        return answers.clean(self.facts.kind, self.facts, self.answer)

    def is_answer(self) -> bool:
        try:
            self.cleaned()
        except answers.BadAnswer:
            return False
        return True

    def is_behind(self) -> bool:
        """Whether something else was kept since the form was made: in another tab, or before one went back."""
        said = self.sitting.said.get(self.facts.uuid)
        if said is None or said.seq < self.seq or self.epoch != self.sitting.attempt.epoch:
            return False
        return (said.answer, said.is_marked) != (self.cleaned(), self.is_marked)

    def row(self) -> Sent:
        return Sent(self.facts.uuid, self.seq, self.answer, self.is_marked, 0)

    def leads_to(self) -> str:
        """The page behind the button; after the last question, looking over."""
        uuid, place = self.sitting.attempt.uuid, self.place
        match self.do:
            case "previous":
                place = max(place - 1, 1)
            case "next" | "mark":
                place += 1
        if self.do == "review" or place > self.sitting.last_open():
            return reverse("attempt_review", args=[uuid])
        return reverse("attempt_question", args=[uuid, place])


def read(sent: QueryDict, sitting: Sitting, place: int) -> SentQuestion:
    """The form of the question at that place. Raises: BadRequest for what no form of ours says."""
    facts, do = sitting.question(place), sent.get("do", "next")
    marked = {"mark": True, "unmark": False}.get(do, "marked" in sent)
    answer = None if do == "clear" else answer_in(sent, kind=facts.kind, rows=facts.rows)
    if answer == "" or (isinstance(answer, dict) and not answer.get("source", True)):
        answer = None
    if facts.kind is Kind.CODING and is_untouched(sitting.paper["questions"][str(facts.uuid)].get("code"), answer):
        answer = None
    return SentQuestion(sitting, place, facts, do, _whole(sent, "seq"), _whole(sent, "epoch"), answer, marked, sent)


def _whole(sent: QueryDict, name: str) -> int:
    typed = sent.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 11 and int(typed) <= _MOST):
        raise BadRequest(name)
    return int(typed)
