"""What verdicts are called, and where two outputs differ."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from exams.judge import code_words
from exams.judge.code_diff import AFTER, BEFORE, LONGEST, diff_of
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict

pytestmark = pytest.mark.apart


def test_every_verdict_has_a_code_a_drawing_a_tone_and_a_word():
    signs = [code_words.sign_of(one) for one in Verdict]
    assert [one.code for one in signs] == [one.value for one in Verdict]
    assert len({one.word for one in signs}) == len(Verdict)
    assert all(one.tone in {"ok", "due", "bad", "run", "off"} and one.icon in code_words.icons() for one in signs)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (1, "Next in the queue"),
        (2, "2nd in the queue"),
        (7, "7th in the queue"),
        (11, "11th in the queue"),
        (23, "23rd in the queue"),
        (None, "In the queue"),
    ],
)
def test_place_in_the_queue(place, said):
    assert code_words.state_sign(JudgeState.PENDING, position=place).word == said


def test_place_in_other_languages_is_the_number():
    with translation.override("hi"):
        assert code_words.ordinal(7) == "7"


def test_figures():
    assert code_words.seconds(20) == "0.02 s"
    assert [code_words.limit_words(one) for one in (1000, 2250, 300)] == ["1.0 s", "2.25 s", "0.3 s"]
    assert [code_words.about(one) for one in (4, 23, 200)] == ["about 4 s", "about 20 s", "about 3 min"]
    assert [code_words.memory(one) for one in (0, None, 9_542_000)] == ["", "", "9.1 MB"]
    assert code_words.points_text("33.30") == "33.3"
    assert code_words.left_words(9, 30) == "9 of 30 submissions left"


def test_what_the_server_lacks_is_never_the_students_fault():
    assert "costs no marks" in code_words.state_note(JudgeState.FAILED)
    assert "switched off on this server" in code_words.state_note(JudgeState.WAITING)


def test_words_of_the_script_put_in_only_what_they_name():
    assert all(text.count("{") == text.count("}") for text in code_words.script_words().values())


# --- Where outputs differ ---------------------------------------------------------------------------------------------


def test_one_line_each_is_short():
    found = diff_of("0\n", "1\n")
    assert found.is_short
    assert found.line == 1
    assert (found.wanted[0].text, found.yours[0].text, found.yours[0].is_first) == ("0", "1", True)


def test_some_lines_around_the_first_that_differs():
    wanted = [str(n) for n in range(1, 41)]
    yours = [*wanted[:19], "x", *wanted[20:]]
    found = diff_of("\n".join(wanted), "\n".join(yours))
    assert found.line == 20
    assert [one.number for one in found.wanted] == list(range(20 - BEFORE, 20 + AFTER))
    assert [one.number for one in found.yours if one.is_first] == [20]


def test_output_that_ends_too_early_or_too_late():
    early, late = diff_of("1\n2\n", "1\n"), diff_of("1\n", "1\n2\n")
    assert (early.line, early.yours[-1].text, early.yours[-1].is_first) == (2, "", True)
    assert (late.line, late.wanted[-1].text, late.yours[-1].text) == (2, "", "2")
    assert diff_of("1\n", "").yours[0].is_first


@pytest.mark.parametrize(
    ("checker", "wanted", "yours", "line"),
    [
        ("lines", "1 2  \n3\n\n", "1 2\n3", None),
        ("exact", "1 2 \n3", "1 2\n3", 1),
        ("tokens", "1  2\n3", "1 2\n3", None),
        ("tokens", "YES\nNO", "YES\nno", 2),
        ("float", "1.0\n2.5", "1.0000001\n2.6", 2),
        ("float", "nan\n1", "nan\n1", 1),
        ("custom", "1", "2", None),
    ],
)
def test_the_line_is_the_checkers(checker, wanted, yours, line):
    assert diff_of(wanted, yours, checker=checker).line == line


def test_capitals_matter_only_where_the_suite_says_so():
    assert diff_of("YES", "yes", checker="tokens", is_case_sensitive=False).line is None


def test_of_a_long_line_the_place_where_it_differs_is_shown():
    found = diff_of("a" * 3000 + "b", "a" * 3000 + "c")
    assert "b" in found.wanted[0].text
    assert "c" in found.yours[0].text
    assert len(found.yours[0].text) <= LONGEST + 2


TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


@given(TEXTS, TEXTS, st.sampled_from(["lines", "exact", "tokens", "float", "custom"]))
def test_whatever_a_program_writes_few_lines_are_shown(wanted, yours, checker):
    found = diff_of(wanted, yours, checker=checker)
    assert len(found.wanted) <= BEFORE + AFTER + 1
    assert len(found.yours) <= BEFORE + AFTER + 1
    assert all(len(one.text) <= LONGEST + 2 for one in (*found.wanted, *found.yours))
    assert diff_of(wanted, wanted, checker="lines").line is None
