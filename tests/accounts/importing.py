"""Files of people for the tests of the import."""

import io
from typing import Any

from django.utils import timezone

from accounts.import_plans import Mode, Plan, Source, plan_import
from accounts.imports import apply_import
from accounts.models import PeopleImport, Role
from tests import people

HEADER = "Name,Role,Admission number,E-mail address,Phone,Birth date"
ISHA = "Isha Rao,Student,2026-0500,isha@pragati.test,98230 41161,12/03/2010"
FARHAN = "Farhan Qureshi,Teacher,,farhan@pragati.test,,"


def csv(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode() + b"\n"


def planned(content: bytes, mode: Mode = Mode.BOTH, *, role: Role = Role.STUDENT, **more: Any) -> Plan:
    return plan_import(Source(content, "people.csv", mode, role, **more), today=timezone.localdate())


def imported(content: bytes, mode: Mode = Mode.BOTH, **more: Any) -> PeopleImport:
    return apply_import(planned(content, mode, **more), actor=people.admin())


def workbook(rows: list[list[Any]]) -> bytes:
    """An XLSX file with these rows on its first sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
