"""`import_people` on the command line: the same import, its errors by line, its exit status."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Institute, PeopleImport, User
from tests.accounts.importing import FARHAN, ISHA, csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(csv(ISHA, FARHAN))
    return path


def run(*arguments: object) -> dict[str, object]:
    out = StringIO()
    call_command("import_people", *map(str, arguments), "--json", stdout=out)
    told: dict[str, object] = json.loads(out.getvalue())
    return told


def test_dry_run_says_what_the_import_then_does(file):
    dry = run(file, "--dry-run")
    assert (dry["added"], dry["kept"], User.objects.count()) == (2, False, 0)
    assert run(file) == dry | {"kept": True}
    assert set(User.objects.values_list("name", flat=True)) == {"Isha Rao", "Farhan Qureshi"}


def test_row_that_does_not_fit_is_told_by_line_and_ends_with_one(file):
    file.write_bytes(csv(ISHA, "Kavya,Wizard,2026-0501,,,"))
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_people", str(file), stdout=out, stderr=err)
    assert ended.value.code == 1
    assert err.getvalue().startswith("line 3: role: There is no such role.")
    assert "Nothing was written." in out.getvalue()
    assert not PeopleImport.objects.exists()


def test_same_file_again_adds_nobody(file):
    run(file)
    assert run(file) == run(file, "--dry-run")
    assert run(file)["skipped"] == 2


@pytest.mark.parametrize("content", [None, b"Who,What\nx,y\n"])
def test_file_that_cannot_be_read_ends_with_two(file, content):
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(CommandError) as ended:
        run(file)
    assert ended.value.returncode == 2


def test_today_is_the_institutes(file: Path, settings: Any):
    """It is always another day at one end of the Pacific than at the other."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    Institute.objects.update_or_create(pk=1, defaults={"name": "Pragati", "time_zone": "Pacific/Pago_Pago"})
    Institute.forget()
    tomorrow = datetime.now(ZoneInfo("Pacific/Kiritimati")).date().isoformat()
    file.write_bytes(f"Name,Admission number,Date of birth\nIsha Rao,2026-0900,{tomorrow}\n".encode())
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_people", str(file), stdout=StringIO(), stderr=err)
    assert "This day is still to come." in err.getvalue()
