"""What a position and a code come to, way by way: the table of docs/decisions/attendance.md, cell by cell."""

from itertools import product

import pytest

from attendance.check_in_words import TEXTS
from attendance.models import Mode
from attendance.models.check_ins import Decision
from attendance.weighing import Code, Evidence, Step, Weighed, weigh

THERE, WAITING, NOTHING = Step.THERE, Step.WAITING, Step.NOTHING
NONE, VALID, WRONG = Code.NONE, Code.VALID, Code.WRONG
GPS, CODE, BOTH, EITHER = Mode.GPS, Mode.CODE, Mode.GPS_AND_CODE, Mode.GPS_OR_CODE
OPEN = (Mode.GPS, Mode.CODE, Mode.GPS_AND_CODE, Mode.GPS_OR_CODE)
EVERY = [Evidence(mode, verdict, code) for mode, verdict, code in product(OPEN, Decision.values, Code)]

TABLE = [
    # way, verdict, what a code NONE | WRONG | VALID comes to
    (GPS, "INSIDE", THERE, THERE, THERE),
    (GPS, "UNCERTAIN", WAITING, WAITING, THERE),
    (GPS, "LOW_ACCURACY", NOTHING, NOTHING, THERE),
    (GPS, "STALE", NOTHING, NOTHING, THERE),
    (GPS, "NONE", NOTHING, NOTHING, THERE),
    (GPS, "OUTSIDE", NOTHING, NOTHING, NOTHING),
    (EITHER, "INSIDE", THERE, THERE, THERE),
    (EITHER, "UNCERTAIN", WAITING, WAITING, THERE),
    (EITHER, "LOW_ACCURACY", NOTHING, NOTHING, THERE),
    (EITHER, "STALE", NOTHING, NOTHING, THERE),
    (EITHER, "NONE", NOTHING, NOTHING, THERE),
    (EITHER, "OUTSIDE", NOTHING, NOTHING, THERE),
    (BOTH, "INSIDE", WAITING, WAITING, THERE),
    (BOTH, "UNCERTAIN", WAITING, WAITING, THERE),
    (BOTH, "LOW_ACCURACY", NOTHING, NOTHING, WAITING),
    (BOTH, "STALE", NOTHING, NOTHING, WAITING),
    (BOTH, "NONE", NOTHING, NOTHING, WAITING),
    (BOTH, "OUTSIDE", NOTHING, NOTHING, NOTHING),
    (CODE, "NONE", NOTHING, NOTHING, THERE),
]


@pytest.mark.parametrize(("mode", "verdict", "without", "wrong", "valid"), TABLE)
def test_way_verdict_and_code_come_to_what_the_table_says(mode, verdict, without, wrong, valid):
    found = [weigh(Evidence(mode, verdict, code)).step for code in (NONE, WRONG, VALID)]
    assert found == [without, wrong, valid]


def test_where_codes_count_no_position_is_looked_at():
    for verdict in Decision.values:
        assert weigh(Evidence(CODE, verdict, VALID)) == Weighed(THERE, True, ("code_valid",))


@pytest.mark.parametrize("one", EVERY, ids=str)
def test_telling_the_teacher_always_waits_at_least(one):
    told = Evidence(one.mode, one.verdict, one.code, tells_teacher=True)
    assert weigh(told).step == (weigh(one).step if weigh(one).step is not NOTHING else WAITING)


@pytest.mark.parametrize("one", EVERY, ids=str)
def test_what_was_kept_on_the_phone_is_never_more_than_waiting(one):
    kept = weigh(Evidence(one.mode, one.verdict, one.code, is_offline=True))
    assert kept.step == (NOTHING if weigh(one).step is NOTHING else WAITING)
    assert ("offline" in kept.reasons) is (kept.step is WAITING)


@pytest.mark.parametrize("one", EVERY, ids=str)
def test_a_code_never_makes_it_worse_and_each_outcome_has_reasons_in_words(one):
    order = [NOTHING, WAITING, THERE]
    without = weigh(Evidence(one.mode, one.verdict))
    assert order.index(weigh(one).step) >= order.index(without.step)
    assert weigh(one).reasons
    assert set(weigh(one).reasons) <= set(TEXTS)


def test_reasons_say_why_there_is_no_position_and_what_is_still_wanted():
    assert weigh(Evidence(GPS, trouble="denied")).reasons == ("denied",)
    assert weigh(Evidence(GPS, trouble="denied", tells_teacher=True)).reasons == ("denied", "told")
    assert weigh(Evidence(EITHER, code=WRONG)).reasons == ("code_wrong",)
    assert weigh(Evidence(BOTH, "INSIDE")).reasons == ("inside", "code_wanted")
    assert weigh(Evidence(BOTH, code=VALID, trouble="timeout")).reasons == ("timeout", "code_valid")
    assert weigh(Evidence(CODE)).reasons == ("code_missing",)
