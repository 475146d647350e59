"""What an attempt comes to. Pure: no database."""

import json
from decimal import Decimal

import pytest

from exams.content import Key, Kind, Number
from exams.grading import Grader, Item, Part, Sheet, Written, plain
from exams.schemes import Rules

pytestmark = pytest.mark.apart

RULES = Rules.from_json(
    {
        "kinds": {"MULTIPLE": {"right": "4", "wrong": "-2", "partial": "PER_RIGHT", "each": "1"}},
        "others": {"right": "4", "wrong": "-1"},
    }
)
B = Key(right=("b",))


def sheet(*items: Item, at_most: int | None = None, best: bool = False) -> Sheet:
    return Sheet(items, (Part(1, "Physics", "", tuple(range(len(items))), at_most, best),))


def graded(paper: Sheet, *answers: object, given: dict[int, str] | None = None) -> tuple[str, str]:
    """Total and letters, of questions answered one after the other."""
    written = Written({at: json.dumps(one) for at, one in enumerate(answers) if one is not None})
    written.first = {at: at + 1 for at in written.answers}
    written.given = {at: Decimal(marks) for at, marks in (given or {}).items()}
    found = Grader(paper).grade(written)
    return plain(found.parts[0].marks), found.verdicts


@pytest.mark.parametrize(
    ("right", "said", "marks"),
    [("AC", "AC", "4"), ("AC", "A", "1"), ("AC", "AB", "-2"), ("AC", "ABC", "-2"), ("AC", "", "0"), ("ABC", "AB", "2")],
)
def test_several_right_answers_in_part(right, said, marks):
    paper = sheet(Item(1, Kind.MULTIPLE, (Key(right=tuple(right)),), RULES))
    assert graded(paper, list(said) or None)[0] == marks


def test_a_dropped_question_or_a_bonus_makes_three_different_totals():
    """Two of three right, the disputed one wrong or left: of 12, of 12 with full marks, of 8."""
    totals = {}
    for fix in ("", "BONUS_ALL", "BONUS_TRIED", "DROP"):
        paper = sheet(*(Item(n, Kind.SINGLE, (B,), RULES, fix if n == 3 else "") for n in (1, 2, 3)))
        wrong, left = graded(paper, "b", "b", "c"), graded(paper, "b", "b", None)
        totals[fix] = [wrong, left, plain(paper.outline("BEST").most)]
    assert totals == {
        "": [("7", "RRW"), ("8", "RRB"), "12"],
        "BONUS_ALL": [("12", "RRG"), ("12", "RRG"), "12"],
        "BONUS_TRIED": [("12", "RRG"), ("8", "RRB"), "12"],
        "DROP": [("8", "RRD"), ("8", "RRD"), "8"],
    }


def test_of_several_right_keys_the_best_outcome_counts():
    keys = (Key(numbers=(Number("5", "0"),)), Key(numbers=(Number("6", "0.5"),)))
    paper = sheet(Item(1, Kind.NUMERICAL, keys, RULES))
    assert [graded(paper, one)[0] for one in ("5", "6.5", "5.4")] == ["4", "4", "-1"]


def test_what_people_say_is_the_last_word_where_people_mark():
    paper = sheet(Item(1, Kind.LONG, (Key(),), RULES), Item(2, Kind.SHORT, (Key(accepted=("N",)),), RULES))
    assert graded(paper, "At length.", "Newton") == ("-1", "MW")
    assert graded(paper, "At length.", "Newton", given={0: "2.5", 1: "4"}) == ("6.5", "PR")
    assert graded(sheet(Item(1, Kind.SINGLE, (B,), RULES)), "c", given={0: "4"}) == ("-1", "W")
    dropped = sheet(Item(1, Kind.LONG, (Key(),), RULES, "DROP"), Item(2, Kind.SINGLE, (B,), RULES))
    assert graded(dropped, "At length.", "b", given={0: "2.5"}) == ("4", "DR")


def test_nobody_loses_by_a_bonus_where_only_the_first_answers_count():
    """Two of three count: it takes the place of what is worth less, never of more, and of nothing if there is room."""
    paper = sheet(*(Item(n, Kind.SINGLE, (B,), RULES, "BONUS_ALL" if n == 3 else "") for n in (1, 2, 3)), at_most=2)
    assert graded(paper, "b", "c", None) == ("8", "RwG")
    assert graded(paper, "b", "b", "c") == ("8", "RRg")
    assert graded(paper, "c", None, None) == ("3", "WbG")
    assert plain(paper.outline("BEST").most) == "8"


def test_of_the_best_the_earlier_one_counts_and_a_dropped_one_takes_no_place():
    items = [Item(n, Kind.SINGLE, (B,), RULES, "DROP" if n == 1 else "") for n in (1, 2, 3, 4)]
    paper = sheet(*items, at_most=2, best=True)
    assert graded(paper, "b", "c", "c", "b") == ("3", "DWwR")
    assert plain(paper.outline("BEST").most) == "8"
