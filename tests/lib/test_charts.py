"""Where the parts of charts lie: inside their box, whatever the numbers are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.lib.charts import Share, Spread, heat_level, histogram, shares_chart

pytestmark = pytest.mark.apart

SPREAD = Spread(mean=139.4, least=12, q1=98, median=136, q3=178, highest=271)


def number(percent):
    assert percent.endswith("%")
    return float(percent[:-1])


def test_histogram_fills_its_box_and_the_tallest_bar_leaves_room_for_its_count():
    chart = histogram([1, 4, 8, 11, 14, 11, 7, 5, 2, 1], start=0, width=30, spread=SPREAD)
    assert [one.label for one in chart.ticks] == [
        "0",
        "30",
        "60",
        "90",
        "120",
        "150",
        "180",
        "210",
        "240",
        "270",
        "300",
    ]
    assert number(chart.bars[4].height) == 86
    assert chart.bars[0].x == "0.00%"
    assert number(chart.bars[-1].x) + number(chart.bars[-1].width) == 100
    assert chart.mean == "46.47%"
    assert abs(number(chart.box.q1) + number(chart.box.width) - number(chart.box.q3)) < 0.02


def test_count_of_the_bar_with_the_mean_stands_beside_the_line():
    bars = histogram([5, 5], start=0, width=50, spread=Spread(70, 0, 20, 50, 80, 100)).bars
    assert bars[1].label_x == "85.00%"
    assert bars[0].label_x == "25.00%"


@given(
    counts=st.lists(st.integers(0, 5000), max_size=40),
    start=st.integers(-300, 300),
    width=st.floats(0.25, 100),
    values=st.lists(st.floats(-1000, 1000), min_size=6, max_size=6),
)
def test_nothing_lies_outside(counts, start, width, values):
    chart = histogram(counts, start=start, width=width, spread=Spread(values[0], *sorted(values[1:])))
    marks = [chart.mean, chart.box.least, chart.box.q1, chart.box.median, chart.box.q3, chart.box.highest]
    marks += [at for one in chart.bars for at in (one.x, one.y, one.height, one.label_x)]
    assert all(0 <= number(one) <= 100 for one in marks)
    assert len(chart.ticks) <= 12


def test_heat_has_five_levels():
    assert [heat_level(percent) for percent in (0, 29.9, 30, 45, 60, 75, 100)] == [1, 1, 2, 3, 4, 5, 5]


def test_share_of_nobody_is_still_a_line():
    chart = shares_chart([Share("A", 0), Share("B", 100, "ok"), Share("C", 140)])
    assert (chart.width, chart.bars[0].height, chart.bars[1].height, chart.bars[2].height) == (
        120,
        "1.0",
        "20.0",
        "20.0",
    )
