"""Zips of tests: names that belong together, what is refused file by file, and our own export read again."""

import io
import struct
import zipfile
from collections.abc import Mapping
from decimal import Decimal

import pytest

from exams.judge import suite_zips
from exams.judge.suite_zips import ZipGroup, ZipPlan, ZipTest

pytestmark = pytest.mark.apart


def packed(files: Mapping[str, bytes | str]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def plan(*names: str, **contents: str) -> ZipPlan:
    """Of a zip with these files, each holding its own name."""
    return suite_zips.read(packed({one: one for one in names} | dict(contents)))


def pairs(found: ZipPlan) -> list[tuple[str, str]]:
    assert not found.problems
    return [(one.stdin.decode(), one.answer.decode()) for group in found.groups for one in group.tests]


def said(found: ZipPlan) -> str:
    assert not found.groups
    return " ".join(f"{name}: {words}" for name, words in found.problems)


@pytest.mark.parametrize(
    "names",
    [
        ("1.in", "1.out"),
        ("01.in", "01.ans"),
        ("input1.txt", "output1.txt"),
        ("in1.txt", "out1.txt"),
        ("tests/01", "tests/01.a"),
        ("input/01.txt", "output/01.txt"),
        ("7/input.txt", "7/output.txt"),
        ("input07.in", "output07.out"),
        ("दो.in", "दो.out"),
    ],
)
def test_names_of_one_test_are_understood(names: tuple[str, str]) -> None:
    assert pairs(plan(*names)) == [names]


def test_folders_are_groups_and_a_sample_folder_is_shown() -> None:
    found = plan(
        *("data/secret/2.in", "data/secret/2.ans", "data/secret/10.in", "data/secret/10.ans"),
        *("data/sample/1.in", "data/sample/1.ans"),
    )
    assert [(one.title, one.is_sample, len(one.tests)) for one in found.groups] == [
        ("sample", True, 1),
        ("secret", False, 2),
    ]
    assert [one.file for one in found.groups[1].tests] == ["data/secret/2.in", "data/secret/10.in"]
    assert [one.points for group in found.groups for one in group.tests] == [Decimal(0), Decimal(1), Decimal(1)]


def test_what_is_no_test_is_left_out_and_said() -> None:
    found = plan("1.in", "1.out", "README.md", "gen.py", "__MACOSX/1.in", ".DS_Store", "sub/.hidden/2.in")
    assert pairs(found) == [("1.in", "1.out")]
    assert [name for name, _words in found.remarks] == ["README.md", "gen.py"]


def test_missing_halves_and_doubles_are_named() -> None:
    words = said(plan("1.in", "2.out", "3.in", "3.out", "3.ans"))
    assert "1.in: Its output is missing." in words
    assert "2.out: Its input is missing." in words
    assert "3.ans: Which is it? 3.out belongs to the same test." in words


@pytest.mark.parametrize("name", ["../1.in", "/etc/1.in", "a/../../1.in", "C:/1.in", "..\\1.in", "\\1.in"])
def test_a_name_that_leads_out_of_the_zip_is_refused(name: str) -> None:
    assert "This name leads out of the zip." in said(plan(name, "1.out"))


def test_bytes_that_are_no_text_are_kept_with_a_remark() -> None:
    found = suite_zips.read(packed({"1.in": b"\xff\x00\xfe", "1.out": b"1\r\n", "2.in": b"2\r\n", "2.out": b"2"}))
    assert found.groups[0].tests[0].stdin == b"\xff\x00\xfe"
    assert [words for _name, words in found.remarks] == [
        "is not UTF-8 text; it is kept byte by byte",
        "has Windows line ends; programs will read them",
    ]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip" * 100, packed({"1.in": "1"})[:-10]])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert "This is not a zip, or it is broken." in said(suite_zips.read(content))


def test_an_empty_zip_and_one_without_tests_are_refused() -> None:
    assert "The zip holds no tests" in said(suite_zips.read(packed({})))
    assert "The zip holds no tests" in said(plan("README.md"))


def test_more_than_a_hundred_tests_and_endless_lists_are_refused() -> None:
    many = {f"{at}.{end}": "1" for at in range(101) for end in ("in", "out")}
    assert "101 tests; 100 are the most" in said(suite_zips.read(packed(many)))
    endless = {f"{at}.in": "" for at in range(suite_zips.MOST_ENTRIES + 1)}
    assert "1001 files" in said(suite_zips.read(packed(endless)))


def test_a_file_that_says_it_is_too_large_is_refused_unread() -> None:
    words = said(suite_zips.read(packed({"1.in": b"0" * (8 * 1024**2 + 1), "1.out": "1"})))
    assert "1.in: This file is too large: 8 MB are the most." in words


def test_a_bomb_of_many_files_is_refused_by_what_they_say_together() -> None:
    bomb = packed({f"{at}.{end}": b"0" * (8 * 1024**2) for at in range(5) for end in ("in", "out")})
    assert len(bomb) < 1_000_000
    assert "64 MB are the most" in said(suite_zips.read(bomb))


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = packed({"1.in": b"0" * 500_000, "1.out": "1"})
    lying = honest.replace(struct.pack("<I", 500_000), struct.pack("<I", 10))
    assert lying != honest
    assert "1.in: This file cannot be unpacked: the zip is broken." in said(suite_zips.read(lying))


def test_locked_and_strangely_packed_files_are_refused() -> None:
    honest = packed({"1.in": "1", "1.out": "1"})
    at = honest.rindex(b"PK\x01\x02")
    locked = bytearray(honest)
    locked[at + 8] |= 1
    assert "locked with a password" in said(suite_zips.read(bytes(locked)))
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("1.in", "1")
        archive.writestr("1.out", "1")
    assert "Make a plain zip." in said(suite_zips.read(into.getvalue()))


def test_a_file_twice_is_refused() -> None:
    twice = packed({"1.in": "1", "1.ix": "1", "1.out": "1"}).replace(b"1.ix", b"1.in")
    assert "1.in: This file is in the zip twice." in said(suite_zips.read(twice))


def test_what_is_written_is_read_as_the_same() -> None:
    groups = [
        ZipGroup("Samples", True, "EACH", [ZipTest("", b"1 1\n", b"2\n", Decimal("0.00"), "", "One and one")]),
        ZipGroup("छोटे, n ≤ 1000", False, "ALL", [ZipTest("", b"\xff", b"", Decimal("7.50"), "नाम", "")]),
        ZipGroup("Large", False, "EACH", [ZipTest("", str(at).encode(), b"1", Decimal(at)) for at in range(12)]),
    ]
    found = suite_zips.read(suite_zips.write(groups))
    assert not found.problems
    assert [(one.title, one.is_sample, one.rule) for one in found.groups] == [
        (one.title, one.is_sample, one.rule) for one in groups
    ]
    for group, again in zip(groups, found.groups, strict=True):
        for one, two in zip(group.tests, again.tests, strict=True):
            told = ("stdin", "answer", "points", "name", "explanation")
            assert [getattr(one, name) for name in told] == [getattr(two, name) for name in told]


def test_one_group_keeps_its_title_on_the_way() -> None:
    found = suite_zips.read(suite_zips.write([ZipGroup("Large", tests=[ZipTest("", b"1", b"1", Decimal(3))])]))
    assert (found.groups[0].title, found.groups[0].tests[0].points) == ("Large", Decimal(3))


@pytest.mark.parametrize(
    "manifest",
    [
        "[]",
        "{",
        '{"groups": 1, "tests": []}',
        "[" * 100_000,
        '{"groups": {"": {"title": 7}}, "tests": {"1.in": 3}}',
        '{"groups": {}, "tests": {"1.in": {"points": "NaN"}}}',
        '{"groups": {}, "tests": {"1.in": {"points": "-1"}}}',
        '{"groups": {}, "tests": {"1.in": {"points": "1e99999"}}}',
    ],
)
def test_a_manifest_of_nonsense_does_no_harm(manifest: str) -> None:
    found = suite_zips.read(packed({"1.in": "1", "1.out": "1", "tests.json": manifest}))
    assert [one.points for one in found.groups[0].tests] == [Decimal(1)]
