"""What counts as the right output."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sandbox.checkers import CheckerFailed, agrees, asked, said, verdict_of
from exams.sandbox.protocol import Checker, Compare, Verdict

pytestmark = pytest.mark.apart

LINES = Compare(Checker.LINES)
EXACT = Compare(Checker.EXACT)
TOKENS = Compare(Checker.TOKENS)
FOLDED = Compare(Checker.TOKENS, is_case_sensitive=False)
FLOAT = Compare(Checker.FLOAT, tolerance="1e-6")
MEGABYTES = 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("how", "output", "answer", "is_right"),
    [
        (LINES, b"3", b"3\n", True),
        (LINES, b"3  \t\r\n4\r\n\r\n\n", b"3\n4", True),
        (LINES, b" 3\n", b"3\n", False),  # at the beginning a blank may be part of a drawing
        (LINES, b"1  2\n", b"1 2\n", False),
        (LINES, b"1\n\n2\n", b"1\n2\n", False),
        (LINES, b"1\n2\n", b"1\n2\n3\n", False),
        (LINES, b"", b"\n \n", True),
        (LINES, b"3\x00", b"3", False),
        (LINES, b"\xff\xfe\n", b"\xff\xfe", True),
        (LINES, "é\n".encode(), "é\n".encode(), True),  # composed otherwise it is something else
        (LINES, b"1\r2", b"1\n2", False),
        (EXACT, b"3\n", b"3\n", True),
        (EXACT, b"3", b"3\n", False),
        (EXACT, b"3\r\n", b"3\n", False),
        (TOKENS, b"\n\n1\t2   3", b"1 2\n3\n", True),
        (TOKENS, b"12 3", b"1 23", False),
        (TOKENS, b"1 2", b"1 2 3", False),
        (TOKENS, b"1 2 3", b"1 2", False),
        (TOKENS, b"Yes", b"YES", False),
        (TOKENS, b"", b" \n", True),
        (FOLDED, b"Yes no", b"YES\nNO", True),
        (FOLDED, "STRASSE É".encode(), "straße é".encode(), True),
        (FOLDED, b"\xff YES", b"\xff yes", True),
        (FOLDED, b"\xfe", b"\xff", False),
        (FLOAT, b"0.3333333", b"0.33333333333", True),
        (FLOAT, b"0.33333", b"0.33333333333", False),
        (FLOAT, b"1000000.5", b"1000000", True),  # of a million it is half a millionth
        (FLOAT, b"-0.0", b"0", True),
        (FLOAT, b"1e3 .5 5. +2", b"1000 0.5 5 2", True),
        (FLOAT, b"Case #1: 2.0000001", b"Case #1: 2", True),
        (FLOAT, b"Case #2: 2", b"Case #1: 2", False),
        (FLOAT, b"1", b"1 1", False),
        (FLOAT, b"nan", b"1", False),
        (FLOAT, b"NaN", b"NaN", False),
        (FLOAT, b"-Infinity", b"-Infinity", False),
        (FLOAT, b"inf", b"1e400", False),
        (FLOAT, b"1e999", b"1e400", False),
        (FLOAT, b"0x10", b"16", False),
        (FLOAT, b"1_0", b"10", False),
        (FLOAT, "١".encode(), b"1", False),
        (FLOAT, b"1" * 400, b"1" * 399 + b"2", False),
        (FLOAT, b"0." + b"3" * 100, b"0.33333333333333", True),
        (FLOAT, b"1e308", b"-1e308", False),
        (FLOAT, b"1,5", b"1.5", False),
        (FLOAT, b"1.", b"1", True),
        (FLOAT, b".", b"0", False),
        (FLOAT, b"e5", b"0", False),
    ],
)
def test_an_output_is_right_or_wrong(how, output, answer, is_right):
    assert agrees(output, answer, how) is is_right


@pytest.mark.parametrize(
    "tolerance", ["", "-1e-6", "nan", "inf", "1", "1e-6 ", "0x1", "1_0", "٣", "0." + "0" * 60 + "1"]
)
def test_a_tolerance_that_is_none_is_the_authors_fault(tolerance):
    with pytest.raises(CheckerFailed):
        agrees(b"1", b"1", Compare(Checker.FLOAT, tolerance=tolerance))


def test_a_tolerance_of_nothing_asks_for_the_same_number():
    how = Compare(Checker.FLOAT, tolerance="0")
    assert agrees(b"1.50", b"1.5", how)
    assert not agrees(b"1.5000001", b"1.5", how)


texts = st.text(alphabet=" \t\r\nab1.\x00é", max_size=30).map(str.encode)


@given(texts, texts)
def test_lines_compares_what_is_left_when_the_ends_are_cut(output, answer):
    def cut(side: bytes) -> list[bytes]:
        return [line.rstrip() for line in side.rstrip().split(b"\n")]

    assert agrees(output, answer, LINES) is (cut(output) == cut(answer))


@given(texts, texts)
def test_tokens_compares_words(output, answer):
    assert agrees(output, answer, TOKENS) is (output.split() == answer.split())


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5), st.sampled_from([" ", "\n", " \r\n"]))
def test_a_number_is_near_itself_however_it_is_written(numbers, blank):
    output = blank.join(f"{number:.17e}" for number in numbers).encode()
    assert agrees(output, " ".join(map(repr, numbers)).encode(), FLOAT)


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from([LINES, EXACT, TOKENS, FOLDED, FLOAT]))
def test_any_bytes_are_right_or_wrong_and_the_same_both_ways(output, answer, how):
    assert agrees(output, answer, how) is agrees(answer, output, how) or how is FLOAT


@pytest.mark.parametrize("how", [LINES, TOKENS, FOLDED, FLOAT], ids=["lines", "tokens", "folded", "float"])
@pytest.mark.parametrize(
    "pattern",
    [b"\n", b" ", b"a", b"1", b"10 ", b" \n", b"x" + b" " * 4000],
    ids=["ends", "blanks", "one-word", "one-number", "numbers", "blank-lines", "long-blanks"],
)
def test_a_megabyte_takes_a_moment(how, pattern):
    """A comparison whose time grows with the square would take minutes."""
    output = (pattern * (MEGABYTES // 16 // len(pattern))) + b"y"
    answer = output[:-1] + b"z"
    began = time.process_time()
    assert not agrees(output, answer, how)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("stdout", "score", "message", "verdict"),
    [
        (b"1", 1, "", Verdict.AC),
        (b"1\n", 1, "", Verdict.AC),
        (b"0", 0, "", Verdict.WA),
        (b"0.5 the path is no shortest one\n", 0.5, "the path is no shortest one", Verdict.PA),
        (b"1.0\nwell done", 1, "well done", Verdict.AC),
        (b" .25 \n", 0.25, "", Verdict.PA),
        (b"1e-3", 0.001, "", Verdict.PA),
        (b"0. \xff", 0, "�", Verdict.WA),
        (b"1 " + b"a" * 10_000, 1, "a" * 500, Verdict.AC),
    ],
)
def test_a_custom_checker_says_a_score_and_a_message(stdout, score, message, verdict):
    assert said(stdout) == (score, message)
    assert verdict_of(score) is verdict


@pytest.mark.parametrize(
    "stdout",
    [
        b"",
        b"yes",
        b"nan",
        b"inf",
        b"-1",
        b"-0.5",
        b"1.5",
        b"2",
        b"0x1",
        b"1_0",
        b"1abc",
        b"0." + b"0" * 400,
        b"1" * 70_000,
    ],
)
def test_what_is_no_score_is_the_checkers_fault(stdout):
    with pytest.raises(CheckerFailed):
        said(stdout)


def test_a_custom_checker_reads_lengths_and_then_what_they_measure():
    assert asked(b"1 2", b"3\n", b"3\n") == b"3 2 2\n1 23\n3\n"
    assert asked(b"", b"\n", b"") == b"0 1 0\n\n"
