"""What answers are worth: the vectors of the exams schemes were made for, and what holds for every scheme."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.content import Key, Kind, Number
from exams.schemes import Answered, Outcome, Rules, Verdict, counting, most_of_section, score

pytestmark = pytest.mark.apart

ADVANCED = Rules.from_json(
    {"kinds": {"MULTIPLE": {"right": "4", "wrong": "-2", "blank": "0", "partial": "PER_RIGHT", "each": "1"}}}
)
MAIN = Rules.from_json({"kinds": {kind: {"right": "4", "wrong": "-1"} for kind in ("SINGLE", "NUMERICAL")}})
AC, ABC = Key(right=("a", "c")), Key(right=("a", "b", "c"))
NEAR = Key(numbers=(Number("5.237", "0.001"),))
TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def marks(rules: Rules, kind: Kind, key: Key, answer: object) -> int | Decimal:
    return score(rules, kind, key, answer).marks


@pytest.mark.parametrize(
    ("key", "answer", "worth"),
    [
        (AC, ["a", "c"], 4),
        (AC, ["a"], 1),
        (AC, ["a", "b"], -2),
        (AC, ["a", "b", "c"], -2),
        (AC, ["b"], -2),
        (AC, [], 0),
        (AC, None, 0),
        (ABC, ["a", "b"], 2),
        (ABC, ["a", "b", "c"], 4),
        (ABC, ["a", "b", "c", "d"], -2),
    ],
)
def test_advanced_gives_one_for_each_right_option_while_none_is_wrong(key, answer, worth):
    assert marks(ADVANCED, Kind.MULTIPLE, key, answer) == worth


@pytest.mark.parametrize(
    ("typed", "worth"),
    [
        ("5.237", 4),
        ("5.2370", 4),
        ("5.236", 4),
        ("5.238", 4),
        ("5.2380000000000000001", -1),
        ("5.2359999", -1),
        ("5.23600000000000000000", 4),
        ("5.23599999999999999999", -1),
        ("5.237e0", 4),
        ("52.37e-1", 4),
        ("+5.237", 4),
        ("−5.237", -1),
        ("5,237", -1),
        ("", 0),
        ("  ", 0),
    ],
)
def test_number_counts_within_its_tolerance_ends_included(typed, worth):
    assert marks(MAIN, Kind.NUMERICAL, NEAR, typed) == worth


def test_long_numbers_are_not_rounded():
    key = Key(numbers=(Number("12345678901234567890.5", "0.5"),))
    assert marks(MAIN, Kind.NUMERICAL, key, "12345678901234567891.00000000000000000000") == 4
    assert marks(MAIN, Kind.NUMERICAL, key, "12345678901234567891.00000000000000000001") == -1


@pytest.mark.parametrize("typed", ["0", "-0", "−0", "0.000", "0e5"])
def test_zero_has_no_sign(typed):
    assert score(MAIN, Kind.NUMERICAL, Key(numbers=(Number("0"),)), typed).verdict is Verdict.RIGHT


def test_any_of_several_accepted_keys_is_right():
    key = Key(right=("a", "b"))
    assert [marks(MAIN, Kind.SINGLE, key, one) for one in ("a", "b", "c", None)] == [4, 4, -1, 0]


def test_short_answers_differ_in_neither_case_nor_spaces_unless_they_must():
    loose, strict = Key(accepted=("Newton second",)), Key(accepted=("pH",), is_case_sensitive=True)
    assert score(MAIN, Kind.SHORT, loose, "  newton   SECOND ").verdict is Verdict.RIGHT
    assert score(MAIN, Kind.SHORT, strict, "PH").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("answer", "verdict", "worth"),
    [
        ({"p": ["a"], "q": ["b", "c"]}, Verdict.RIGHT, 3),
        ({"p": ["a"], "q": ["b"]}, Verdict.PARTIAL, 1),
        ({"p": ["a"]}, Verdict.PARTIAL, 1),
        ({"p": ["b"], "q": ["b"]}, Verdict.WRONG, -1),
        ({"p": [], "q": []}, Verdict.BLANK, 0),
    ],
)
def test_match_counts_rows_that_are_right_whole(answer, verdict, worth):
    rules = Rules.from_json({"kinds": {"MATCH": {"right": "3", "wrong": "-1", "partial": "PER_ROW", "each": "1"}}})
    assert score(rules, Kind.MATCH, Key(pairs={"p": ("a",), "q": ("b", "c")}), answer) == Outcome(
        verdict, Decimal(worth)
    )


def test_share_of_the_marks_is_rounded_to_a_hundredth():
    rules = Rules.from_json({"others": {"right": "4", "wrong": "0", "partial": "PROPORTION"}})
    assert marks(rules, Kind.MULTIPLE, ABC, ["a"]) == Decimal("1.33")
    assert marks(rules, Kind.MULTIPLE, ABC, ["a", "b"]) == Decimal("2.67")
    assert marks(rules, Kind.MULTIPLE, ABC, ["a", "d"]) == 0


@pytest.mark.parametrize(
    ("kind", "answer"), [(Kind.LONG, "An essay"), (Kind.CODING, {"language": "py", "source": "1"})]
)
def test_what_people_and_the_judge_mark_waits(kind, answer):
    assert score(MAIN, kind, Key(), answer).verdict is Verdict.WAITING
    assert score(MAIN, kind, Key(), None).verdict is Verdict.BLANK


@given(
    key=st.sets(st.sampled_from("abcd"), min_size=1),
    answer=st.sets(st.sampled_from("abcd")),
    full=st.integers(1, 10),
    penalty=st.integers(-5, 0),
    partial=st.sampled_from(["NONE", "PER_RIGHT", "PROPORTION"]),
)
def test_no_answer_is_worth_more_than_the_right_one_or_less_than_a_wrong_one(key, answer, full, penalty, partial):
    given_marks = {"right": str(full * 4), "wrong": str(penalty), "partial": partial, "each": str(full)}
    rules = Rules.from_json({"kinds": {"MULTIPLE": given_marks}})
    outcome = score(rules, Kind.MULTIPLE, Key(right=tuple(sorted(key))), sorted(answer))
    assert penalty <= outcome.marks <= full * 4
    assert (outcome.verdict is Verdict.RIGHT) == (answer == key)
    assert (outcome.verdict is Verdict.BLANK) == (not answer)


# --- Any n of m -------------------------------------------------------------------------------------------------------


def answered(place: int, worth: int | None, minute: int | None) -> Answered:
    verdict = Verdict.BLANK if worth is None else Verdict.RIGHT if worth > 0 else Verdict.WRONG
    at = None if minute is None else TEN + timedelta(minutes=minute)
    return Answered(place, Outcome(verdict, Decimal(worth or 0)), at, place)


SEVEN_OF_TEN = [
    answered(1, 4, 50),
    answered(2, -1, 1),
    answered(3, None, None),
    answered(4, 4, 2),
    answered(5, -1, 3),
    answered(6, 4, 4),
    answered(7, None, None),
    answered(8, 4, 5),
    answered(9, 4, 60),
    answered(10, None, None),
]


def test_first_five_of_ten_are_those_answered_first():
    counted = counting(SEVEN_OF_TEN, at_most=5, best=False)
    assert [one.question for one in counted] == [2, 4, 5, 6, 8]
    assert sum(one.outcome.marks for one in counted) == 10


def test_best_five_of_ten_are_those_worth_most():
    counted = counting(SEVEN_OF_TEN, at_most=5, best=True)
    assert [one.question for one in counted] == [1, 4, 6, 8, 9]
    assert sum(one.outcome.marks for one in counted) == 20


def test_all_count_where_nothing_else_is_said():
    assert counting(SEVEN_OF_TEN, at_most=None, best=False) == SEVEN_OF_TEN


def test_full_marks_of_a_section_are_of_what_may_count():
    fulls = [Decimal(4)] * 10
    assert most_of_section(fulls, at_most=5) == 20
    assert most_of_section(fulls, at_most=None) == 40


@given(
    st.lists(st.tuples(st.none() | st.integers(-4, 4), st.integers(0, 9)), max_size=12),
    st.integers(1, 6),
)
def test_best_is_never_less_than_first(said, at_most):
    among = [answered(place, worth, minute) for place, (worth, minute) in enumerate(said)]
    first = counting(among, at_most=at_most, best=False)
    best = counting(among, at_most=at_most, best=True)
    assert len(first) == len(best) <= at_most
    assert sum(one.outcome.marks for one in best) >= sum(one.outcome.marks for one in first)
