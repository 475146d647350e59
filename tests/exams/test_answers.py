"""What counts as an answer, and the one form in which it is kept."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.answers import BadAnswer, clean, is_answered
from exams.content import Kind

pytestmark = pytest.mark.apart


@dataclass(frozen=True)
class Asked:
    options: tuple[str, ...] = ("a", "b", "c", "d")
    rows: tuple[str, ...] = ("p", "q", "r")
    columns: tuple[str, ...] = ("a", "b", "c")
    most_signs: int = 0
    languages: tuple[str, ...] = ("py", "cpp")


def kept(kind: Kind, answer: Any, **asked: Any) -> Any:
    return clean(kind, Asked(**asked), answer)


def refusal(kind: Kind, answer: Any, **asked: Any) -> str:
    with pytest.raises(BadAnswer) as refused:
        kept(kind, answer, **asked)
    return refused.value.code


@pytest.mark.parametrize(
    ("kind", "answer", "form"),
    [
        (Kind.SINGLE, "b", "b"),
        (Kind.TRUE_FALSE, "false", "false"),
        (Kind.MULTIPLE, ["c", "a"], ["a", "c"]),
        (Kind.MATCH, {"q": ["c", "a"], "p": ["b"], "r": []}, {"p": ["b"], "q": ["a", "c"]}),
        (Kind.NUMERICAL, " 5.237 ", "5.237"),
        (Kind.NUMERICAL, "−3", "-3"),
        (Kind.NUMERICAL, "1e30", "1e30"),
        (Kind.NUMERICAL, "0005", "0005"),
        (Kind.SHORT, " Newton", " Newton"),
        (Kind.LONG, "न्यूटन\n" * 3, "न्यूटन\n" * 3),
        (Kind.CODING, {"language": "py", "source": "print(1)"}, {"language": "py", "source": "print(1)"}),
    ],
)
def test_an_answer_is_kept_in_one_form(kind, answer, form):
    assert kept(kind, answer) == form
    assert is_answered(form)
    assert kept(kind, form) == form


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        *((kind, None) for kind in Kind),
        (Kind.SINGLE, ""),
        (Kind.TRUE_FALSE, ""),
        (Kind.MULTIPLE, []),
        (Kind.MATCH, {}),
        (Kind.MATCH, {"p": [], "q": []}),
        (Kind.NUMERICAL, "  "),
        (Kind.SHORT, ""),
        (Kind.LONG, " \n\t"),
        (Kind.CODING, {"language": "py", "source": "  "}),
    ],
)
def test_what_says_nothing_is_no_answer(kind, answer):
    assert kept(kind, answer) is None
    assert not is_answered(None)


@pytest.mark.parametrize(
    "typed", ["5,237", "NaN", "inf", "-Infinity", "1e300", "5 237", "0x10", "५", "1_000", "--1", "."]
)
def test_what_is_no_number_or_may_mean_two_is_refused(typed):
    assert refusal(Kind.NUMERICAL, typed) == "not_a_number"


@pytest.mark.parametrize("number", [5, 5.237, 1e30, float("nan"), True, 0, False])
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PASSAGE])
def test_json_numbers_and_booleans_answer_nothing(kind, number):
    """A float has lost the digits that were typed, and true is not the choice "true"."""
    assert refusal(kind, number) == "wrong_shape"


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        (Kind.SINGLE, "e", "unknown"),
        (Kind.SINGLE, "A", "unknown"),
        (Kind.SINGLE, ["b"], "wrong_shape"),
        (Kind.TRUE_FALSE, "True", "unknown"),
        (Kind.MULTIPLE, ["a", "z"], "unknown"),
        (Kind.MULTIPLE, ["a", "a"], "twice"),
        (Kind.MULTIPLE, "a", "wrong_shape"),
        (Kind.MULTIPLE, ["a", 1], "wrong_shape"),
        (Kind.MULTIPLE, [["a"]], "wrong_shape"),
        (Kind.MATCH, {"s": ["a"]}, "unknown"),
        (Kind.MATCH, {"p": ["z"]}, "unknown"),
        (Kind.MATCH, {"p": ["a", "a"]}, "twice"),
        (Kind.MATCH, {"p": "a"}, "wrong_shape"),
        (Kind.MATCH, [["p", "a"]], "wrong_shape"),
        (Kind.NUMERICAL, "9" * 60, "too_long"),
        (Kind.SHORT, "x" * 1_001, "too_long"),
        (Kind.LONG, "x" * 20_001, "too_long"),
        (Kind.LONG, "nu\0l", "bad_sign"),
        (Kind.SHORT, "half \ud83d", "bad_sign"),
        (Kind.LONG, ["text"], "wrong_shape"),
        (Kind.CODING, {"language": "cobol", "source": "x"}, "unknown"),
        (Kind.CODING, {"language": 3, "source": "x"}, "wrong_shape"),
        (Kind.CODING, {"language": "py"}, "wrong_shape"),
        (Kind.CODING, {"language": "py", "source": "x", "marks": 4}, "wrong_shape"),
        (Kind.CODING, {"language": "py", "source": "x" * 65_537}, "too_long"),
        (Kind.CODING, {"language": "py", "source": "\udfff"}, "bad_sign"),
        (Kind.PASSAGE, "anything", "wrong_shape"),
    ],
)
def test_what_does_not_answer_the_question_is_refused_with_the_reason(kind, answer, code):
    assert refusal(kind, answer) == code


def test_a_question_may_allow_fewer_signs():
    assert kept(Kind.LONG, "x" * 20_000) == "x" * 20_000
    assert kept(Kind.LONG, "x" * 40, most_signs=40) == "x" * 40
    assert refusal(Kind.LONG, "x" * 41, most_signs=40) == "too_long"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["a", "b", "p", "true", "1e3"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("pqrz") | st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(kind=st.sampled_from(list(Kind)), answer=ANYTHING)
def test_whatever_is_sent_is_refused_or_kept_in_a_form_that_stays_the_same(kind, answer):
    try:
        form = kept(kind, answer)
    except BadAnswer:
        return
    assert json.loads(json.dumps(form).encode()) == form
    assert kept(kind, form) == form
