"""The people of the demo institute: always the same names, passwords of each install's own."""

import json
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts import demo_access
from accounts.models import Role, User

DOMAIN = "pragati.example"
_NAMESPACE = uuid.UUID("5f0a7a52-6f2d-4f0e-9d5c-7d1f2b1c9a10")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_LONG_NAME = (  # 200 characters, the longest a name may be
    "श्रीमती विजयलक्ष्मी वेंकटसुब्रमण्यम राजराजेश्वरी अन्नपूर्णा महालक्ष्मी त्रिपुरसुंदरी "
    "कामाक्षी मीनाक्षी विशालाक्षी ज्ञानप्रसूनांबिका भुवनेश्वरी सत्यभामा रुक्मिणी पद्मावती अरुंधती "
    "पार्थसारथी कृष्णस्वामी"
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo; `key` is how seeds of other areas refer to him."""

    key: str
    name: str
    role: Role
    admission_number: str = ""

    @property
    def email(self) -> str | None:
        """Students sign in with their admission number, all others with an address."""
        return None if self.admission_number else f"{self.key}@{DOMAIN}"


def _students() -> tuple[DemoPerson, ...]:
    names = {
        "ananya": "Ananya Kulkarni",
        "aarav": "Aarav Deshmukh",
        "ritika": "रितिका शर्मा",
        "arshad": "Mohammed Arshad Khan Siddiqui",
        "priyanka": "Priyanka Bhattacharjee",
        "peddireddy": "Venkata Sai Lakshmi Narasimha Rao Peddireddy",
        "harpreet": "Harpreet Kaur Gill",
        "omkar": "ओंकार पाटील",
        "joseph": "Joseph D’Souza",
        "kavya": "Kavya Nair",
        "devansh": "देवांश मिश्रा",
        "chandralekha": _LONG_NAME,
    }
    return tuple(
        DemoPerson(key, name, Role.STUDENT, f"2026-{number:04}")
        for number, (key, name) in enumerate(names.items(), 188)
    )


PEOPLE = (
    DemoPerson("rajendra", "Rajendra Bhosale", Role.ADMIN),
    DemoPerson("meera", "Meera Joshi", Role.TEACHER),
    DemoPerson("imran", "Imran Shaikh", Role.TEACHER),
    DemoPerson("subramaniam", "Dr. Venkataraghavan Subramaniam", Role.TEACHER),
    DemoPerson("lata", "Lata Gaikwad", Role.STAFF),
    *_students(),
    DemoPerson("sunil", "Sunil Kulkarni", Role.GUARDIAN),
    DemoPerson("sunita", "सुनीता शर्मा", Role.GUARDIAN),
)


def seed() -> dict[str, User]:
    """Make whoever is missing and see that the kept password lets each of them in. By `key`."""
    words = passwords()
    people = {one.key: _seed_one(one, words[one.key]) for one in PEOPLE}
    demo_access.seed(people)
    return people


def passwords() -> dict[str, str]:
    """By `key`: DEMO_PASSWORD for all when it is set, else made once per install and kept in DATA_DIR (0600)."""
    shared: str = settings.DEMO_PASSWORD
    if shared:
        return {one.key: shared for one in PEOPLE}
    path = settings.DATA_DIR / "secrets" / "demo_passwords.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [one.key for one in PEOPLE if one.key not in kept]
    if missing:
        kept |= {key: _new_password() for key in missing}
        keep_secret(path, json.dumps(kept, indent=1))
    return kept


def _seed_one(one: DemoPerson, password: str) -> User:
    person: User | None = User.objects.known_as(one.email or one.admission_number).first()
    if person is None:
        person = User(name=one.name, role=one.role, email=one.email, admission_number=one.admission_number or None)
        person.uuid = uuid.uuid5(_NAMESPACE, one.key)
    if person.pk is None or not person.check_password(password):
        person.set_password(password)
        person.save()
    return person


def _new_password() -> str:
    """Three groups of four, about 59 bits, easy to type on a phone."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def keep_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        os.fsync(file.fileno())
    draft.replace(path)
