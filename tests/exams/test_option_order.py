"""Options of files that write the right one first: lettered anew, so that a letter tells nothing."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.models import Subject
from exams.content import Content, Key, Kind
from exams.formats.option_order import telling_nothing
from exams.question_file_plans import Source, plan_file
from exams.schemes import Rules, Verdict, score
from tests.exams import papers


def right_first(text: str, options: int = 4, right: int = 1) -> Content:
    made = papers.content(Kind.SINGLE if right == 1 else Kind.MULTIPLE, text)
    choices = papers.choices(*(f"{text} {n}" for n in range(options)))
    key = Key(right=tuple(one.id for one in choices[:right]))
    return replace(made, body=replace(made.body, options=choices), key=key)


def test_right_letter_is_any_letter_and_the_same_when_read_again():
    found = Counter(telling_nothing(right_first(f"Question {n}")).key.right[0] for n in range(400))
    assert set(found) == set("abcd")
    assert max(found.values()) < 150
    assert telling_nothing(right_first("Again")) == telling_nothing(right_first("Again"))


@given(st.text("xyz", min_size=1), st.integers(2, 12), st.integers(1, 4))
def test_texts_that_are_right_stay_right(text, options, right):
    made = right_first(text, options, min(right, options))
    anew = telling_nothing(made)
    texts = {one.id: one.text for one in anew.body.options}
    assert {texts[one] for one in anew.key.right} == {one.text for one in made.body.options[: len(made.key.right)]}
    assert list(texts) == list("abcdefghijkl"[:options])
    said = list(anew.key.right) if anew.kind is Kind.MULTIPLE else anew.key.right[0]
    assert score(Rules.from_json({}), anew.kind, anew.key, said).verdict is Verdict.RIGHT


def test_order_that_means_something_and_right_ones_elsewhere_are_left():
    made = right_first("All of these?")
    kept = replace(made, body=replace(made.body, is_shuffled=False))
    elsewhere = papers.content(Kind.SINGLE)
    assert telling_nothing(kept) == kept
    assert telling_nothing(elsewhere) == elsewhere


@pytest.mark.django_db
def test_file_of_gift_is_lettered_anew_and_a_table_with_letters_is_not():
    Subject.objects.create(name="Physics")
    gift = "\n\n".join(f"Which is {n}? {{={n} ~{n + 1} ~{n + 2} ~{n + 3}}}" for n in range(20)).encode()
    table = b"kind,subject,text_en,option_a,option_b,right\n" + b"\n".join(
        f"SINGLE,Physics,Which is {n}?,{n},{n + 1},a".encode() for n in range(20)
    )

    def letters(content: bytes, name: str) -> set[str]:
        plan = plan_file(Source(content, name, subject=Subject.objects.get().pk, topic="", difficulty="MEDIUM"))
        assert len(plan.added) == 20
        return {row.content.key.right[0] for row in plan.added}

    assert len(letters(gift, "questions.txt")) > 2
    assert letters(table, "questions.csv") == {"a"}
