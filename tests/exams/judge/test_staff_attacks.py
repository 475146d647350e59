"""What an author, an admin or an operator may do to the judge that nobody thought of; each was a defect once."""

import json
import stat
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exams.judge import suite_zips
from exams.models import CodeGroup, CodeSuite
from tests import people
from tests.exams import coded
from tests.exams.judge.test_suite_zips import packed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.teacher())


@pytest.fixture
def suite(db: None) -> CodeSuite:
    return coded.a_suite(ready=False)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def taken_in(browser: Client, suite: CodeSuite, content: bytes) -> Any:
    """The zip chosen, looked at, and taken in place of all that is there."""
    chosen = browser.post(
        reverse("suite_zip", args=[suite.question.uuid]), {"file": SimpleUploadedFile("tests.zip", content)}
    )
    assert chosen.status_code == 302
    return browser.post(chosen["Location"], {"revision": suite.revision})


# --- Zips -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [[], {}, 7, None])
def test_a_manifest_whose_rule_is_no_text_does_no_harm(rule: Any) -> None:
    manifest = json.dumps({"groups": {"": {"rule": rule}}, "tests": {}})
    plan = suite_zips.read(packed({"1.in": "1", "1.out": "1", "tests.json": manifest}))
    assert (plan.problems, plan.groups[0].rule) == ((), "EACH")


def test_a_link_in_a_zip_is_no_right_output() -> None:
    link, into = zipfile.ZipInfo("1.out"), BytesIO(packed({"1.in": "1"}))
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(into, "a") as archive:
        archive.writestr(link, "1.in")
    assert ("1.out", "This is a link and no file. Make the zip with the files themselves.") in suite_zips.read(
        into.getvalue()
    ).problems


def test_hidden_tests_of_a_zip_never_become_samples_by_their_groups_title(browser: Client, suite: CodeSuite) -> None:
    groups = {"a": {"title": "Small", "is_sample": True}, "b": {"title": "Small", "is_sample": False}}
    files = {f"{folder}/1.{ending}": "1" for folder in "ab" for ending in ("in", "out")}
    manifest = {"tests.json": json.dumps({"groups": groups, "tests": {}})}
    answer = taken_in(browser, suite, packed(files | manifest))
    assert "a group of samples and one of hidden tests" in words(answer)
    CodeGroup.objects.filter(suite=suite, is_sample=True).update(title="secret")
    answer = taken_in(browser, suite, packed({"secret/1.in": "1", "secret/1.out": "1", "x/1.in": "1", "x/1.out": "1"}))
    assert "“secret” is a group of samples" in words(answer)
    assert suite.tests.count() == 3
