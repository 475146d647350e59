"""Bytes of tests kept once, the suite in use, and what students may see of it."""

import json

import pytest

from exams.judge import suites
from exams.models import CodeData
from tests.exams import coded

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_kept_once_and_come_back_as_they_were() -> None:
    content = bytes(range(256)) * 40
    first, again = suites.keep_data(content), suites.keep_data(content)
    assert first.pk == again.pk
    assert CodeData.objects.count() == 1
    assert first.size_bytes == len(content)
    assert suites.data_of([first.pk, first.pk]) == {first.pk: content}
    assert suites.data_of([suites.keep_data(b"").pk]).popitem()[1] == b""


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 300_000])
def test_the_head_of_data_says_whether_it_is_all(size: int) -> None:
    kept = suites.keep_data(b"7" * size)
    head = suites.heads_of([kept.pk])[kept.pk]
    assert head == suites.Head("7" * min(size, 4096), is_cut=size > 4096, size_bytes=size)


def test_a_head_never_ends_within_a_letter() -> None:
    kept = suites.keep_data(("x" + "क" * 4000).encode())
    assert set(suites.heads_of([kept.pk])[kept.pk].text) == {"x", "क"}


def test_the_ready_suite_with_the_highest_number_is_in_use() -> None:
    question = coded.a_coding_question()
    assert suites.suite_in_use(question.pk) is None
    coded.a_suite(question)
    second = coded.a_suite(question)
    coded.a_suite(question, ready=False)
    other = coded.a_suite()
    assert suites.suite_in_use(question.pk) == second
    assert suites.suites_in_use([question.pk, other.question_id, 0]) == {
        question.pk: second,
        other.question_id: other,
    }


def test_students_see_samples_groups_and_limits_and_nothing_of_hidden_tests() -> None:
    frames = {"py": {"before": "SECRET", "start": "def add(a, b):\n", "after": "SECRET"}, "cpp": {"start": ""}}
    suite = coded.a_suite(
        tests=[
            coded.sample("1 1\n", "2\n", explanation="One and one"),
            coded.sample("9" * 5000, "1\n"),
            coded.Case("SECRET 1", "SECRET 2", points="12.50", name="SECRET name", group="Large", rule="ALL"),
        ],
        frames=frames,
        cpu_ms=1500,
        checker="custom",
        checker_language="py",
        checker_source="SECRET",
    )
    view = suites.student_view(suite)
    assert "SECRET" not in json.dumps(view)
    assert view["starts"] == {"py": "def add(a, b):\n"}
    assert view["samples"][0] == {"number": 1, "stdin": "1 1\n", "answer": "2\n", "explanation": "One and one"}
    assert view["samples"][1]["is_cut"] is True
    assert len(view["samples"][1]["stdin"]) == suites.SHOWN
    assert view["groups"] == [
        {"title": "Samples", "is_sample": True, "rule": "EACH", "points": "0", "count": 2},
        {"title": "Large", "is_sample": False, "rule": "ALL", "points": "12.5", "count": 1},
    ]
    assert view["limits"]["py"] == {"cpu_ms": 4500, "memory_mb": 256}
    assert view["limits"]["java"] == {"cpu_ms": 3000, "memory_mb": 640}
