"""The people tests speak of. Each function gives the same person however often it is called in a test."""

from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import Role, User

PASSWORD = "correct-horse-battery-9"


@cache
def hashed() -> str:
    """One hash for everybody: hashing takes longer than most tests."""
    return make_password(PASSWORD)


def person(name: str, role: Role, *, email: str | None = None, admission_number: str | None = None) -> User:
    """Somebody by that identity, made when he is not there."""
    known = User.objects.known_as(email or admission_number or "").first()
    if known:
        return known
    return User.objects.create(name=name, role=role, email=email, admission_number=admission_number, password=hashed())


def admin() -> User:
    return person("Rajendra Bhosale", Role.ADMIN, email="rajendra@pragati.test")


def teacher() -> User:
    return person("Meera Joshi", Role.TEACHER, email="meera@pragati.test")


def other_teacher() -> User:
    return person("Imran Shaikh", Role.TEACHER, email="imran@pragati.test")


def cashier() -> User:
    return person("Lata Gaikwad", Role.STAFF, email="lata@pragati.test")


def student() -> User:
    """Known by an admission number only, as most are."""
    return person("Ananya Kulkarni", Role.STUDENT, admission_number="2026-0188")


def other_student() -> User:
    return person("रितिका शर्मा", Role.STUDENT, email="ritika@pragati.test", admission_number="2026-0290")


def guardian() -> User:
    return person("Sunil Kulkarni", Role.GUARDIAN, email="sunil@pragati.test")


def guardian_who_teaches() -> User:
    """A teacher whose own child learns here: his role is TEACHER, the child comes with the guardian links."""
    return person("Dr. Venkataraghavan Subramaniam", Role.TEACHER, email="subramaniam@pragati.test")


EVERYBODY = {
    "student": student,
    "other student": other_student,
    "guardian": guardian,
    "guardian who teaches": guardian_who_teaches,
    "teacher": teacher,
    "other teacher": other_teacher,
    "cashier": cashier,
    "admin": admin,
}


def signed_in(who: User | None) -> Client:
    """A browser in which this person (None: nobody) is signed in."""
    client = Client()
    if who is not None:
        client.force_login(who)
    return client
