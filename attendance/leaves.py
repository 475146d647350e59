"""Leave: asked for by a student or his guardian, entered by the office, decided by admins and his teachers."""

from collections.abc import Iterable
from datetime import date

from attendance.models import Leave


def on_leave(students: Iterable[int], *, day: date) -> set[int]:
    """Which of these students, by number, have leave on that day of the institute. One query."""
    rows = Leave.objects.granted().filter(student__in=list(students), first_on__lte=day, last_on__gte=day)
    return set(rows.order_by().values_list("student_id", flat=True))
