"""What of a compiler's words a student reads."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sandbox.diagnostics import Place, clean
from exams.sandbox.protocol import KEPT_COMPILER

pytestmark = pytest.mark.apart

HERE = Place("main.cpp")
FRAMED = Place("main.py", before=10, lines=5)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("/code/main.cpp:3:5: error: expected ';'\n", "main.cpp:3:5: error: expected ';'"),
        ("In file included from /usr/include/c++/12/bits/stl_algo.h:60,", "In file included from stl_algo.h:60,"),
        ("/usr/bin/ld: /tmp/ccAb12Cd.o: in function `main':", "ld: program.o: in function `main':"),
        ("cannot open '/etc/shadow'", "cannot open 'shadow'"),
        ("a/usr/b and /home/x", "a/usr/b and /home/x"),
        ("\x1b[01;31merror\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07", "error link"),
        ("\x1b]0;title", ""),
        ("‮txet⁦\u200b\ufeff\x00\x07", "txet"),
        ("a\r\nb\rc\td", "a\nbc\td"),
        ("SyntaxError: x\n    at wrapSafe (node:internal/modules:1464:18)\n\nNode.js v20.20.2\n", "SyntaxError: x"),
        (f"error:\n{'x' * 9_000}\nhere", f"error:\n{'x' * 400}…\nhere"),
    ],
)
def test_it_is_without_paths_and_without_what_a_terminal_obeys(said, read):
    assert clean(said.encode(), HERE) == read


def test_bytes_that_are_no_text_are_replaced():
    assert clean(b"main.c: \xff\xfe", HERE) == "main.c: ��"


def test_lines_within_a_frame_are_counted_as_the_student_counts():
    said = b'File "/code/main.py", line 12\nFile "main.py", line 3\nFile "main.py", line 16\n'
    assert clean(said, FRAMED) == 'File "main.py", line 2\nFile "frame", line 3\nFile "frame", line 16'
    assert clean(b"/code/Sum.java:8: error", Place("Sum.java", 7, 3)) == "Sum.java:1: error"


def test_a_long_message_ends_at_a_line_and_says_so():
    read = clean(b"error: \xc3\xa9\n" * 5_000, HERE)
    assert len(read.encode()) <= KEPT_COMPILER
    assert read.endswith("error: é\n…")


@given(st.binary(max_size=500), st.sampled_from([HERE, FRAMED]))
def test_whatever_it_is_it_is_short_and_plain(said, place):
    read = clean(said, place)
    assert len(read.encode()) <= KEPT_COMPILER
    assert not any(letter in read for letter in "\x00\x1b\r‮⁦")


@pytest.mark.parametrize(
    "piece", ["\x1b", "\x1b[", "\x1b]", "/usr/", "/usr/a", "cc", "main.py", "a", "\n", 'File "', "1;", "    at (node:"]
)
def test_a_flood_of_anything_takes_a_moment(piece):
    began = time.process_time()
    clean(piece.encode() * (64 * 1024 // len(piece)), FRAMED)
    assert time.process_time() - began < 1
