"""Leave and corrections on an ordinary day: closed registers, a long reason in Hindi, a guardian of two."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Guardianship, Institute
from attendance import closing
from attendance.models import Record
from attendance.models.asks import AskState
from attendance.models.records import Status
from tests import people
from tests.attendance import asking, registers
from tests.batches import timetables

HINDI = (
    "मेरी दादी जी का ऑपरेशन नासिक के जिला अस्पताल में है और घर पर छोटे भाई के साथ रहने वाला कोई नहीं है, इसलिए मैं इन तीन दिनों में "
    "कक्षा में नहीं आ सकूँगी। छूटे हुए पाठ और गृहकार्य मैं अगले रविवार तक पूरा कर लूँगी।"
)


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle").save()
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child, relation="Father")
    make_registers()
    make_asks()


def make_registers() -> None:
    """One class of yesterday that was closed with both absent, one of the day before in which Ananya was late."""
    batch = timetables.batch(venue=timetables.venue())
    for student in (people.student(), people.other_student()):
        timetables.enrol(student, batch)
    late = registers.class_now(began_min_ago=60 * 47, batch=batch, topic="Rotational motion: torque and its work")
    registers.mark(late, people.student(), Status.LATE)
    for held in (late, registers.class_now(began_min_ago=60 * 23, batch=batch, subject=timetables.subject())):
        closing.close_register(registers.register(held), actor=people.teacher(), now=timezone.now())


def make_asks() -> None:
    """Some that wait and some that were answered."""
    now = timezone.now()
    ritika, hour = people.other_student(), timedelta(hours=1)
    asking.leave(ritika, first=asking.day(2), last=asking.day(4), reason=HINDI, asked_at=now - 3 * hour)
    record = Record.objects.filter(student=ritika).order_by("class_session__starts_at").first()
    asking.correction(record, reason="I came in by the back door", asked_by=people.guardian(), asked_at=now - 2 * hour)
    asking.granted(ritika, first=asking.day(8), reason="Board exam form", decided_by=people.teacher(), decided_at=now)
    given = {"decided_by": people.admin(), "decided_at": now - hour, "answer": "The mock test is on that day."}
    asking.leave(people.student(), first=asking.day(6), state=AskState.REFUSED, **given)
