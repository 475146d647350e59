"""The page on which a question is written: its forms together, what they say, and what is wrong with it.

Images are taken in first and stay with the form (`kept`), so nobody chooses them again because a word was missing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import DomainError
from exams import bank, images, topics
from exams.bank_forms import (
    NUMBERS,
    ChoiceForm,
    NumberForm,
    PictureForm,
    PlaceForm,
    QuestionParts,
    choice_of,
    texts_of,
)
from exams.content import FALSE, LETTERS, MOST_CHOICES, ROW_LETTERS, TRUE, Body, Choice, Content, Key, Kind, Number
from exams.content_words import words
from exams.models import Question

ROWS = 6
MATCH_ROWS = 4
_FIELDS = {"pairs": "rows"}


class Editor:
    """One question of one kind, new or in its newest version, as a page shows it and a post brings it."""

    def __init__(
        self,
        kind: Kind,
        request: HttpRequest,
        *,
        actor: User,
        question: Question | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        newest = question.newest if question else None
        self.kind, self.actor, self.question = kind, actor, question
        self.content = newest.content if newest else Content(kind)
        self.errors: dict[str, list[str]] = {}
        is_post = request.method == "POST"
        self._posted = request.POST.copy() if is_post else None
        bound: dict[str, Any] = {"data": self._posted, "files": request.FILES if is_post else None}
        self.parts = QuestionParts(kind, **bound, prefix="q", initial=texts_of(self.content) if newest else None)
        self.place = PlaceForm(self._posted, initial=initial)
        self.options = self._choices("option", self.content.body.options, LETTERS, bound)
        self.rows = self._choices("row", self.content.body.rows, ROW_LETTERS, bound)
        self.columns = self._choices("column", self.content.body.columns, LETTERS, bound)
        self.numbers = self._number_forms(bound)
        self.right = self._right()
        self._mark_pairs()

    # --- What the page asks ---

    @property
    def is_several(self) -> bool:
        return self.kind is Kind.MULTIPLE

    @property
    def true_false(self) -> list[tuple[str, str, bool]]:
        """The two answers, with whether each is right."""
        return [(name, word, name in self.right) for name, word in ((TRUE, _("True")), (FALSE, _("False")))]

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong and stands at no field of its own."""
        return [one for found in self.errors.values() for one in found]

    @property
    def tongues(self) -> list[tuple[str, str, str]]:
        """The languages by code and name, with what the version that is there lacks in each, "" for nothing."""
        return [(code, name, self._gap(code)) for code, name in (("en", "English"), ("hi", "हिन्दी"))]

    def _gap(self, code: str) -> str:
        named = ((self.content.body.text, _("text missing")), (self.content.key.solution, _("solution missing")))
        return next((gap for text, gap in named if text and not getattr(text, code).strip()), "")

    # --- What a post does ---

    def save(self, request: HttpRequest) -> Question | None:
        """Keep what was posted; None when something is wrong, which the forms and `errors` then say.

        Raises: bank.ChangedMeanwhile.
        """
        self._take_images()
        wrong = [form for form in self._forms() if not form.is_valid()]  # every form says what is wrong with it
        if wrong or self.errors:
            return None
        try:
            with transaction.atomic():
                return self._kept(request)
        except bank.Unfit as refusal:
            for problem in refusal.problems:
                self._say(_FIELDS.get(problem.field, problem.field), words(problem))
        except (bank.WrongPlace, topics.NoName) as refusal:
            self._say("place", refusal.message)
        return None

    def again(self, number: int) -> None:
        """The person has seen version `number` now; what he typed stays."""
        if self._posted is not None:
            self._posted["seen"] = str(number)

    def typed(self) -> Content:
        """The question as it was posted; after `save`."""
        parts, given = self.parts, self.parts.cleaned_data
        body = Body(
            text=parts.text("text"),
            picture=parts.picture,
            options=_there(self.options),
            rows=_there(self.rows),
            columns=_there(self.columns),
            is_shuffled=given.get("is_shuffled", True),
            unit=parts.text("unit"),
            most_signs=given.get("most_signs") or 0,
            languages=tuple(given.get("languages") or ()),
        )
        return Content(self.kind, body, self._key(body))

    def _key(self, body: Body) -> Key:
        given = self.parts.cleaned_data
        lines = str(given.get("accepted") or "").splitlines()
        return Key(
            right=tuple(sorted(self.right)),
            numbers=tuple(self._right_numbers()),
            accepted=tuple(dict.fromkeys(one.strip() for one in lines if one.strip())),
            is_case_sensitive=bool(given.get("is_case_sensitive")),
            pairs={one.id: tuple(self._pairs(one.id)) for one in body.rows if self._pairs(one.id)},
            solution=self.parts.text("solution"),
            guide=self.parts.text("guide"),
        )

    def _kept(self, request: HttpRequest) -> Question:
        given, content = self.place.cleaned_data, self.typed()
        topic = given["topic"]
        if given["new_topic"]:
            topic = topics.add_topic(given["subject"], name=given["new_topic"], actor=self.actor, request=request)
        where: dict[str, Any] = {"subject": given["subject"], "topic": topic, "difficulty": given["difficulty"]}
        where |= {"tags": self.place.words, "actor": self.actor, "request": request}
        if self.question is None:
            more = {"number": given["number"], "note": given["note"], "passage": self.place.initial.get("passage")}
            return bank.write_question(content, **where, **more)
        seen, note = given["seen"] or 0, given["note"]
        bank.change_question(self.question, content=content, seen=seen, note=note, actor=self.actor, request=request)
        bank.place_question(self.question, **where)
        return self.question

    def _take_images(self) -> None:
        """Every file that came becomes an image of the bank; a form that is shown again has its number."""
        for form in self._pictures():
            sent = form.files.get(form.add_prefix("file"))
            if sent is None or self._posted is None:
                continue
            try:
                taken = images.take_image(sent.read(), name=sent.name or "", actor=self.actor)
            except DomainError as refusal:
                self._say("picture" if form is self.parts else "options", refusal.message)
            else:
                self._posted[form.add_prefix("kept")] = str(taken.uuid)
                self._posted[form.add_prefix("drop")] = ""

    def _say(self, field: str, message: str) -> None:
        said = self.errors.setdefault(field, [])
        if message not in said:
            said.append(message)

    # --- Parts ---

    def _forms(self) -> list[Any]:
        return [self.place, *self._pictures(), *self.numbers]

    def _pictures(self) -> list[PictureForm]:
        return [self.parts, *self.options, *self.rows, *self.columns]

    def _choices(self, name: str, there: Sequence[Choice], letters: str, bound: dict[str, Any]) -> list[ChoiceForm]:
        """The choices there are and empty ones behind them, each with an id that stays its own."""
        if name not in {Kind.SINGLE: ["option"], Kind.MULTIPLE: ["option"], Kind.MATCH: ["row", "column"]}.get(
            self.kind, []
        ):
            return []
        least = ROWS if name == "option" else MATCH_ROWS
        free = [one for one in letters if one not in {choice.id for choice in there}]
        count = min(MOST_CHOICES, max(least, len(there) + 1))
        initial = [choice_of(one) for one in there] + [{"id": one} for one in free]
        if self._posted is not None:
            sent = sum(f"{name}-{place}-id" in self._posted for place in range(MOST_CHOICES))
            count = max(count, sent)
        forms = [
            ChoiceForm(**bound, prefix=f"{name}-{place}", initial=one) for place, one in enumerate(initial[:count])
        ]
        for place, form in enumerate(forms):
            form.letter = (
                str(place + 1) if name == "column" else (ROW_LETTERS if name == "row" else LETTERS)[place].upper()
            )
        return forms

    def _number_forms(self, bound: dict[str, Any]) -> list[NumberForm]:
        if self.kind is not Kind.NUMERICAL:
            return []
        there = [{"value": one.value, "tolerance": one.tolerance} for one in self.content.key.numbers]
        initial = there + [{} for _place in range(max(NUMBERS - len(there), 1))]
        return [NumberForm(bound["data"], prefix=f"number-{at}", initial=one) for at, one in enumerate(initial)]

    def _right_numbers(self) -> Iterator[Number]:
        return (form.number for form in self.numbers if form.number)

    def _right(self) -> set[str]:
        if self.kind not in {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE}:
            return set()
        return set(self._posted.getlist("right") if self._posted is not None else self.content.key.right)

    def _pairs(self, row: str) -> list[str]:
        if self._posted is not None:
            return sorted(set(self._posted.getlist(f"pair-{row}")))
        return list(self.content.key.pairs.get(row, ()))

    def _mark_pairs(self) -> None:
        """Each row knows the columns with whether they belong to it."""
        columns = [(str(form["id"].value() or ""), form.letter) for form in self.columns]
        for form in self.rows:
            chosen = self._pairs(str(form["id"].value() or ""))
            form.columns = [(name, letter, name in chosen) for name, letter in columns]


def _there(forms: Sequence[ChoiceForm]) -> tuple[Choice, ...]:
    return tuple(choice for form in forms if (choice := form.choice))
