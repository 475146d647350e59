"""Which languages this machine has, and how their programs are named and started."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sandbox import java_names, languages
from exams.sandbox.protocol import LANGUAGES, MOST_SOURCE
from tests.exams.sandbox.programs import each_language, require

pytestmark = pytest.mark.apart


def test_the_rules_are_those_of_the_protocols_languages():
    assert tuple(languages.LANGUAGES) == tuple(languages.PACKAGES) == LANGUAGES
    assert {name: one.factor for name, one in languages.LANGUAGES.items()} == {
        "py": 3,
        "c": 1,
        "cpp": 1,
        "java": 2,
        "js": 2,
    }


@each_language
def test_a_tool_lies_below_usr_where_everybody_may_start_it(language):
    require(language)
    found = languages.find(language)
    assert found is not None
    assert found.tool == os.path.realpath(found.tool)
    assert found.tool.startswith("/usr/")
    assert any(letter.isdigit() for letter in found.version)


def test_what_is_no_language_is_not_found():
    assert languages.find("perl") is None


def test_a_tool_that_only_its_owner_may_start_is_not_there(tmp_path, monkeypatch):
    (tmp_path / "gcc").write_text("#!/bin/sh\necho 12.2.0\n")
    (tmp_path / "gcc").chmod(0o700)
    monkeypatch.setattr(languages, "PLACES", (str(tmp_path),))
    languages.find.cache_clear()
    try:
        assert languages.available() == ()
    finally:
        monkeypatch.undo()
        languages.find.cache_clear()


def test_looking_again_costs_nothing():
    languages.available()
    began = time.perf_counter()
    for _turn in range(100):
        languages.available()
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize(
    ("source", "file", "main"),
    [
        ("public class Sum { public static void main(String[] a) {} }", "Sum", "Sum"),
        ("class A {} class B { public static void main(String[] a) {} }", "B", "B"),
        ("class A {} public class B {} class C { static void main(String... a) {} }", "B", "C"),
        ("package a.b; public final class X { public static void main(String[] a) {} }", "X", "a.b.X"),
        ("// public class No { void main(\npublic class Yes { void main() {} }", "Yes", "Yes"),
        ("/* class No { void main( */ class Yes { void main(String[] a) {} }", "Yes", "Yes"),
        ('class A { String s = "} class No { void main("; } class B { void main() {} }', "B", "B"),
        ("class A { char c = '}'; class In { static void main(String[] a) {} } void main() {} }", "A", "A"),
        ('class A { String s = """\n}" class No { void main( """; void main() {} }', "A", "A"),
        ("public enum E { A; public static void main(String[] a) {} }", "E", "E"),
        ("public record R(int a) { public static void main(String[] x) {} }", "R", "R"),
        ("interface I { static void main(String[] a) {} }", "I", "I"),
        ("class Alone {}", "Alone", "Alone"),
        ('@Deprecated(since = "1") public abstract class A { static void main(String[] a) {} }', "A", "A"),
        ("class Ünicode { void main() {} }", "Main", "Main"),
        ("public static void main(String[] a) {}", "Main", "Main"),
        ("", "Main", "Main"),
    ],
)
def test_java_starts_the_class_with_a_main(source, file, main):
    assert java_names.read(source) == java_names.Names(file, main)


@given(st.text(max_size=300))
def test_any_text_gets_names_that_are_safe_in_a_path(source):
    names = java_names.read(source)
    assert all(part.replace("_", "a").replace("$", "a").isalnum() for part in (names.file, *names.main.split(".")))


@pytest.mark.parametrize(
    "piece",
    ["/*", '"', "'", '"""', "class ", "public ", "{", "void ", "package a.", "a.", "class A{", "\\", "void main "],
)
def test_reading_java_takes_a_moment_whatever_it_is(piece):
    began = time.process_time()
    java_names.read(piece * (MOST_SOURCE // len(piece)))
    assert time.process_time() - began < 1
