"""Rows in numbers, for lists and load. People by name are in `tests.people`."""

from accounts.models import Activity, Role, User


def students(count: int) -> list[User]:
    """That many students who cannot sign in."""
    rows = [
        User(name=f"विद्यार्थी {n}", role=Role.STUDENT, admission_number=f"F-{n:05}", password="!") for n in range(count)
    ]
    return User.objects.bulk_create(rows)


def activity_lines(people: list[User], *, event: str = "sign_in.succeeded") -> list[Activity]:
    """One line for each of the people."""
    return Activity.objects.bulk_create(
        [Activity(event=event, actor=one, subject=one, ip="192.0.2.7") for one in people]
    )
