"""Where things lie on a student's charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.own_charts import GAP, SIGN, Spent, progress, strip, time_chart

pytestmark = pytest.mark.apart

MARKS = st.floats(-100, 400)


def percent(x: str) -> float:
    return float(x.removesuffix("%"))


def span(label) -> tuple[float, float]:
    """From where to where its words reach, on a narrow strip."""
    width, x = len(label.text) * SIGN, percent(label.x)
    start = {"start": x, "middle": x - width / 2, "end": x - width}[label.anchor]
    return start, start + width


@given(own=MARKS, average=MARKS, top=MARKS)
def test_words_below_a_strip_stay_on_it_and_apart(own, average, top):
    drawn = strip(300, (own, "you 198"), [(average, "average 139.25"), (top, "topper −271")])
    spans = sorted(span(one) for one in drawn.labels)
    assert all(start >= -0.1 and end <= 100.1 for start, end in spans)
    assert spans[0][1] <= spans[1][0] + 0.1
    assert 0 <= percent(drawn.you) <= 100
    if abs(average - top) > 200 and 60 < min(average, top) < max(average, top) < 240:
        assert {one.anchor for one in drawn.labels} == {"middle"}


def test_strip_of_nothing_and_of_one_other():
    assert strip(0, (5, "you 5"), []).you == "0%"
    assert strip(10, (20, "you 20"), [(0, "average 0")]).labels[0].x == "0%"
    assert GAP > 0


def test_bars_are_as_high_as_their_share_of_the_longest():
    spent = [Spent(1, 60, 30.0, "ok"), Spent(2, 0, None, "left"), Spent(3, 120, 60.0, "bad")]
    drawn = time_chart(spent, [2, 1], words="Q 3")
    assert drawn.bars == "M5 110v-55"
    assert drawn.longest == "M25 110v-110"
    assert drawn.average == "M0 82H10M20 55H30"
    assert drawn.borders == (20,)
    assert dict(drawn.marks) == {"ok": "M5 116v8", "bad": "M25 116v14", "left": "M15 116v8"}
    assert (drawn.width, drawn.height, drawn.label.anchor) == (30, 130, "end")


def test_nobody_spent_any_time_and_one_question_alone():
    assert time_chart([Spent(1, 0, None)], [1], words="Q 1").height == 111


def test_progress_spreads_tests_evenly_and_names_some_days():
    drawn = progress([10, 50, 120], [0, 0, 100], ["1 Nov", "2 Nov", "3 Nov"])
    assert drawn.marks.dots == (("0%", "90%"), ("50%", "50%"), ("100%", "0%"))
    assert [one.anchor for one in drawn.ticks] == ["start", "middle", "end"]
    assert len(progress([1] * 12, [1] * 12, [str(n) for n in range(12)]).ticks) == 4
