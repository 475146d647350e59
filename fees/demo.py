"""The demo institute's fees: plans of four batches, a year of dues, and money as it came, in the order of days.

The same on every machine but for the clock. Made once, by the same services the counter and the office use.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import Grant, Institute, User
from accounts.services import give_grant
from batches.models import Batch, Enrolment
from fees import charging, concessions, days, payments, plans, reversals
from fees.fines import NONE, PER_WEEK, FineRule
from fees.models import Concession, FeeHead, FeePlan, FeeSettings, GstMode, Mode, Payment, PriceMode
from fees.schedule import Part

GSTIN, STATE_CODE = "27AAXFP1842K1ZL", "27"


NO_FINE = FineRule(NONE)


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What a batch costs: paise by head, instalments as (paise, days from today)."""

    batch: str
    heads: tuple[tuple[str, int], ...]
    parts: tuple[tuple[int, int], ...]
    fine: FineRule = NO_FINE


@dataclass(frozen=True, slots=True)
class DemoPayment:
    """Money of a student (by key), so many days ago, at that hour. `undone`: typed for the wrong student."""

    days_ago: int
    hour: int
    student: str
    paise: int
    mode: Mode = Mode.CASH
    reference: str = ""
    bounced_after: int = 0
    undone: bool = False


WEEKLY = FineRule(PER_WEEK, 5000, grace_days=7, cap=200_000)
PLANS = (
    DemoPlan(
        "JEE 2027 A",
        (("Tuition", 10_600_000), ("Study material", 900_000), ("Registration", 300_000)),
        ((2_950_000, -140), (2_950_000, -66), (2_950_000, 9), (2_950_000, 55)),
        WEEKLY,
    ),
    DemoPlan("NEET 2027 C", (("Tuition", 9_000_000),), ((3_000_000, -120), (3_000_000, -20), (3_000_000, 70)), WEEKLY),
    DemoPlan("Class 10 foundation (हिन्दी माध्यम)", (("Tuition", 2_400_000),), ((1_200_000, -100), (1_200_000, 30))),
    DemoPlan("CS: Python and DSA", (("Tuition", 1_500_000),), ((1_500_000, -60),)),
)
PAID = (
    DemoPayment(139, 11, "ananya", 2_950_000, Mode.UPI, "431900121877"),
    DemoPayment(139, 12, "arshad", 2_950_000),
    DemoPayment(138, 11, "priyanka", 2_950_000, Mode.UPI, "431900340912"),
    DemoPayment(137, 16, "harpreet", 5_900_000, Mode.BANK, "NEFT26183004177"),
    DemoPayment(136, 17, "chandralekha", 3_000_000),
    DemoPayment(135, 10, "peddireddy", 2_950_000),
    DemoPayment(134, 10, "omkar", 2_950_000),
    DemoPayment(118, 11, "ritika", 3_000_000, Mode.CARD, "004417"),
    DemoPayment(117, 12, "kavya", 3_000_000),
    DemoPayment(96, 13, "aarav", 1_200_000),
    DemoPayment(95, 13, "devansh", 500_000),
    DemoPayment(80, 11, "joseph", 2_950_000, Mode.UPI, "432011778901"),
    DemoPayment(64, 11, "ananya", 2_950_000, Mode.UPI, "432402118846"),
    DemoPayment(60, 17, "arshad", 1_500_000),
    DemoPayment(58, 17, "peddireddy", 2_950_000, Mode.CHEQUE, "118204", bounced_after=5),
    DemoPayment(55, 12, "ananya", 1_500_000),
    DemoPayment(40, 12, "chandralekha", 2_950_000),
    DemoPayment(18, 12, "ritika", 3_000_000, Mode.UPI, "433200556120"),
    DemoPayment(12, 15, "omkar", 1_000_000, undone=True),
    DemoPayment(1, 11, "kavya", 1_500_000),
    DemoPayment(0, 9, "priyanka", 1_850_000, Mode.UPI, "433211870952"),
    DemoPayment(0, 10, "joseph", 1_500_000, Mode.CHEQUE, "204418"),
)
OPENING = 500_000


@transaction.atomic
def seed(people: dict[str, User]) -> None:
    """All of it, unless a plan was ever made; `people` by the keys of `accounts.demo`."""
    if FeePlan.objects.exists() or not Batch.objects.filter(name=PLANS[0].batch).exists():
        return
    now, office = timezone.now(), people["rajendra"]
    give_grant(people["lata"], kind=Grant.Kind.CASHIER, actor=office)
    give_grant(people["meera"], kind=Grant.Kind.FEE_STATUS, actor=office)
    _profile()
    for one in PLANS:
        _plan(one, office, now)
    _concessions(people, now)
    _money(people, now)
    _asked(people, now)


def _profile() -> None:
    where = "14, Ramdaspeth Road, Dharampeth\nNagpur 440010"
    Institute.objects.get_or_create(
        pk=1,
        defaults={
            "name": Institute.current().name,
            "address": where,
            "state": "Maharashtra",
            "phone": "0712 255 0148",
            "email": "office@pragati.example",
        },
    )
    FeeSettings.objects.get_or_create(
        pk=1,
        defaults={
            "gst_mode": GstMode.REGULAR,
            "gstin": GSTIN,
            "state_code": STATE_CODE,
            "sibling_bp": 1000,
            "bounce_paise": 50_000,
            "receipt_note": "Fees once paid are given back as the rules on our website say.",
        },
    )


def _plan(one: DemoPlan, office: User, now: datetime) -> None:
    batch = Batch.objects.get(name=one.batch)
    today = timezone.localdate(now)
    plans.write_plan(
        batch,
        name="Instalments" if len(one.parts) > 1 else "Course fee",
        price_mode=PriceMode.INCLUSIVE,
        lines=[plans.Line(_head(name), paise) for name, paise in one.heads],
        parts=[Part(paise, due_on=today + timedelta(days=days_on)) for paise, days_on in one.parts],
        fine=one.fine,
        actor=office,
        now=now - timedelta(days=150),
        is_default=True,
    )
    charging.charge_batch(batch, actor=office, now=now - timedelta(days=149))


def _head(name: str) -> FeeHead:
    is_once = name in {"Study material", "Registration"}
    fields = {"is_one_off": is_once, "is_refundable": name != "Registration"}
    return FeeHead.objects.get_or_create(name=name, defaults=fields)[0]


def _concessions(people: dict[str, User], now: datetime) -> None:
    """A scholarship that was granted before the first money came."""
    stay = Enrolment.objects.get(student=people["ananya"], batch__name=PLANS[0].batch, left_at=None)
    asked = concessions.request(
        stay,
        type=Concession.Type.SCHOLARSHIP,
        bp=1000,
        reason="Rank 4 in the entrance test",
        actor=people["lata"],
        now=now - timedelta(days=141),
    )
    concessions.approve(asked, actor=people["rajendra"], now=now - timedelta(days=141))


def _asked(people: dict[str, User], now: datetime) -> None:
    """One that waits for the owner."""
    stay = Enrolment.objects.get(student=people["kavya"], batch__name="NEET 2027 C", left_at=None)
    concessions.request(
        stay,
        type=Concession.Type.HARDSHIP,
        amount_paise=500_000,
        reason="Father lost his work in October",
        actor=people["lata"],
        now=now - timedelta(hours=3),
    )


def _money(people: dict[str, User], now: datetime) -> None:
    """Day by day; what bounced and what was undone comes in its place, and each past day is closed."""
    lata, office = people["lata"], people["rajendra"]
    waiting: list[tuple[int, Payment]] = []
    for ago in sorted(
        {one.days_ago for one in PAID} | {one.days_ago - one.bounced_after for one in PAID}, reverse=True
    ):
        for one in (one for one in PAID if one.days_ago == ago):
            at = _at(now, one.days_ago, one.hour)
            payment = _record(one, people[one.student], lata, at)
            if one.bounced_after:
                waiting.append((ago - one.bounced_after, payment))
            if one.undone:
                reversals.undo(payment, reason="Meant for another student", actor=lata, now=at + timedelta(minutes=4))
        for _day, payment in (pair for pair in waiting if pair[0] == ago):
            reversals.bounce(payment, reason="Insufficient funds", actor=office, now=_at(now, ago, 18))
        if ago:
            _close(lata, _at(now, ago, 19))


def _record(one: DemoPayment, student: User, cashier: User, at: datetime) -> Payment:
    is_cheque = one.mode == Mode.CHEQUE
    if days.today(cashier, now=at) is None:
        days.open_day(cashier, opening_paise=OPENING, now=at)
    return payments.record(
        charging.account_of(student),
        mode=one.mode,
        amount_paise=one.paise,
        actor=cashier,
        now=at,
        form_token=_token(one),
        reference=one.reference,
        bank="State Bank of India" if is_cheque else "",
        instrument_on=timezone.localdate(at) if is_cheque else None,
    )


def _token(one: DemoPayment) -> UUID:
    return uuid5(NAMESPACE_URL, f"classcrew:demo:payment:{one.days_ago}:{one.student}")


def _at(now: datetime, days_ago: int, hour: int) -> datetime:
    """That hour of the day, not later than now."""
    day = timezone.localdate(now) - timedelta(days=days_ago)
    return min(timezone.make_aware(datetime.combine(day, time(hour))), now)


def _close(cashier: User, at: datetime) -> None:
    day = days.today(cashier, now=at)
    if day is not None:
        days.close_day(day, counted_paise=days.drawer(day).should_be, note="", actor=cashier, now=at)
