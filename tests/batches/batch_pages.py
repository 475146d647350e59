"""The pages of a batch as a browser fills them in."""

from datetime import date
from typing import Any

from django.urls import reverse

from batches.models import Batch

CREATE, LIST = "/batches/new/", "/batches/"
LONG_NAME = "विज्ञान और गणित की विशेष कक्षा " * 4  # more than 120 signs


def typed(**fields: Any) -> dict[str, Any]:
    """A form of a new batch as a browser sends it; `teachers` are pairs of a person and a subject or None."""
    teachers = fields.pop("teachers", [])
    rows = {"teachings-TOTAL_FORMS": str(len(teachers) + 2), "teachings-INITIAL_FORMS": "0"}
    for number, (who, what) in enumerate(teachers):
        rows[f"teachings-{number}-teacher"] = who.pk
        rows[f"teachings-{number}-subject"] = what.pk if what else ""
    plain = {"name": "NEET 2027", "mode": "CLASSROOM", "starts_on": "2026-12-01", "ends_on": "2027-05-01"}
    return {**plain, "seats": "", "venue": "", "link": "", "more_subjects": "", **rows, **fields}


def sent(answer: Any) -> dict[str, Any]:
    """What a browser would send back of the form in this page, nothing changed."""
    form = answer.context["form"]
    found = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [], "")}
    for part in (form.teachings.management_form, *form.teachings):
        for bound in part:
            found[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def change_url(batch: Batch) -> str:
    return reverse("batch_change", args=[batch.uuid])


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


def words_and_codes(form: Any, field: str) -> str:
    """What is wrong with a field: our own words, and Django's name for what is wrong."""
    found = form.errors.as_data()[field]
    return " ".join([*form.errors[field], *(one.code or "" for one in found)])
