"""A source becomes a program, in the sandbox and once."""

import os
import time
from pathlib import Path

import pytest

from exams.sandbox import compiling
from exams.sandbox.artefacts import Cache
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.compiling import compile_source
from exams.sandbox.protocol import KEPT_COMPILER
from exams.sandbox.runner import MIB, Outcome, Status
from exams.sandbox.slots import GROUP
from tests.exams.sandbox.programs import (
    BROKEN,
    ENDINGS,
    Told,
    reachable_folder,
    require,
    require_sandbox,
)

pytestmark = pytest.mark.apart


@pytest.fixture
def runner():
    require_sandbox()
    return BubblewrapRunner()


@pytest.fixture
def cache():
    with reachable_folder() as folder:
        Path(folder).mkdir(0o755)
        if os.geteuid() == 0:
            os.chown(folder, 0, GROUP)
        yield Cache.at(folder)


@pytest.mark.parametrize("language", ["py", "c"])
def test_a_program_is_compiled_once(language, runner, cache):
    require(language)
    first, program = compile_source(language, ENDINGS[language], runner=runner, cache=cache)
    assert (first.ok, first.is_cached, first.output) == (True, False, "")
    began = time.perf_counter()
    again, same = compile_source(language, ENDINGS[language], runner=Told(), cache=cache)
    assert time.perf_counter() - began < 0.1
    assert (again.ok, again.is_cached) == (True, True)
    assert same == program


@pytest.mark.parametrize("language", ["py", "c", "cpp", "js"])
def test_what_does_not_compile_says_why_without_a_path_and_is_remembered(language, runner, cache):
    require(language)
    said, program = compile_source(language, BROKEN[language], runner=runner, cache=cache)
    assert (said.ok, said.is_our_fault, program) == (False, False, None)
    assert "rror" in said.output
    assert "main." in said.output.lower()
    assert not any(path in said.output for path in ("/code", "/usr", "/tmp", "Traceback"))
    again, _none = compile_source(language, BROKEN[language], runner=Told(), cache=cache)
    assert (again.ok, again.is_cached, again.output) == (False, True, said.output)


@pytest.mark.parametrize("language", ["py", "c"])
def test_without_a_cache_it_is_compiled_each_time(language, runner):
    require(language)
    said, program = compile_source(language, ENDINGS[language], runner=runner, cache=None)
    assert said.ok, said.output
    assert program
    assert bool(program.content) is program.plan.makes_program


@pytest.mark.parametrize(
    ("language", "frame", "source", "said"),
    [
        ("py", ("import math\n\n", "\nprint(f(1))\n"), "def f(x):\n    return (x\n", "line 2"),
        ("c", ("#include <stdio.h>", "int main(void) { return f(1); }"), "int f(int x) {\n return y; }", "main.c:2"),
        ("java", ("public class Main {\n", "}\n"), "static int f() {\n return y; }", "Main.java:2"),
        ("js", ("'use strict';\n", "\nf();"), "function f() {\n  return ];\n}", "main.js:2"),
        ("c", ("int main(void) {", "return f(1); }"), ";", "frame:"),
    ],
)
def test_in_a_frame_lines_are_counted_from_what_the_student_wrote(language, frame, source, said, runner):
    require(language)
    compiled, _none = compile_source(language, source, frame=frame, runner=runner, cache=None)
    assert said in compiled.output
    assert "/code" not in compiled.output


@pytest.mark.parametrize(
    ("outcome", "is_our_fault", "words"),
    [
        (Outcome(Status.TLE, cpu_ms=10_010), False, "stopped after 10 s"),
        (Outcome(Status.TLE, cpu_ms=900, wall_ms=33_000), True, ""),
        (Outcome(Status.MLE, stderr=b"main.c: note"), False, "main.c: note\nThe compiler was stopped: it used"),
        (Outcome(Status.OLE, stderr=b"error\n" * 5_000), False, "grew too long"),
        (Outcome(Status.SE, detail="bwrap said no"), True, ""),
        (Outcome(Status.RE, signal=9, cpu_ms=100), True, ""),  # Linux ends what it likes when memory is short
        (Outcome(Status.RE, 1, stderr=b"gcc: fatal error: Killed signal terminated program cc1\n"), True, ""),
        (
            Outcome(Status.RE, 1, stderr=b"main.c:1: #error fatal error: Killed signal terminated program"),
            False,
            "#err",
        ),
        (Outcome(Status.RE, 1, stderr=b"gcc: vfork: Resource temporarily unavailable"), False, "vfork"),
        (Outcome(Status.RE, signal=11), False, "failed without a message"),
    ],
)
def test_what_may_end_otherwise_next_time_is_not_remembered(outcome, is_our_fault, words, cache):
    require("c")
    told = Told(outcome, Outcome(Status.OK, 0, stdout=b"program"))
    said, program = compile_source("c", "int x;", runner=told, cache=cache)
    assert (said.ok, said.is_our_fault, program) == (False, is_our_fault, None)
    assert words in said.output
    assert len(said.output.encode()) <= KEPT_COMPILER
    again, program = compile_source("c", "int x;", runner=told, cache=cache)
    assert again.ok
    assert program
    assert Path(program.path).read_bytes() == b"program"


def test_a_program_too_great_for_the_cache_is_run_from_memory(cache):
    require("c")
    said, program = compile_source(
        "c", "int x;", runner=Told(Outcome(Status.OK, 0, stdout=b"x" * 17 * MIB)), cache=cache
    )
    assert said.ok
    assert program
    assert program.path == ""
    assert len(program.files[0].content or b"") == 17 * MIB


def test_a_language_that_is_not_there_is_our_fault():
    said, program = compile_source("perl", "print 1", runner=Told(), cache=None)
    assert (said.ok, said.is_our_fault, program) == (False, True, None)


@pytest.mark.parametrize(
    ("source", "is_wanted"),
    [
        ("#include <bits/stdc++.h>\n", True),
        ("// mine\n/* * ** */\n  #  include <bits/stdc++.h>\n", True),
        ("#include <vector>\n#include <bits/stdc++.h>\n", False),
        ('#pragma GCC optimize("O3")\n#include <bits/stdc++.h>\n', False),  # changes what the header was compiled to
        ("/* #include <bits/stdc++.h> */", False),
        ("#include <bits/stdc++.hpp>", False),
    ],
)
def test_the_precompiled_header_serves_who_includes_it_first(source, is_wanted, cache):
    require("cpp")
    told = Told(*([Outcome(Status.OK, 0, stdout=b"header")] if is_wanted else []), Outcome(Status.OK, 0, stdout=b"it"))
    assert compile_source("cpp", source, runner=told, cache=cache)[0].ok
    assert [one.path for one in told.asked[-1]["files"][1:]] == ["/code/headers/bits/stdc++.h.gch"] * is_wanted


def test_a_flood_of_comments_before_the_header_takes_a_moment():
    began = time.process_time()
    for piece in ("/*", "//\n", "/**", " ", "/* */", "//"):
        compiling._WANTS_HEADER.match(piece * 20_000)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("refused", "is_tried_later"), [(Outcome(Status.RE, 1), False), (Outcome(Status.TLE), True)])
def test_a_header_that_could_not_be_made_is_not_tried_at_once_again(refused, is_tried_later, cache, monkeypatch):
    """Nor ever, when it was the compiler that refused."""
    require("cpp")
    done = Outcome(Status.OK, 0, stdout=b"it")
    later = time.time() + 601
    told = Told(refused, done, done, *([refused] * is_tried_later), done)
    for number in range(3):
        if number == 2:
            monkeypatch.setattr(time, "time", lambda: later)
        assert compile_source("cpp", f"#include <bits/stdc++.h>\n//{number}", runner=told, cache=cache)[0].ok
    assert told.outcomes == []


@pytest.mark.proof
def test_the_precompiled_header_makes_compiling_faster(runner, cache):
    require("cpp")
    source = "#include <bits/stdc++.h>\nint main() { std::vector<int> a{1}; std::cout << a.size(); }\n"
    slow, _program = compile_source("cpp", source, runner=runner, cache=None)
    compile_source("cpp", source, runner=runner, cache=cache)  # makes it
    fast, _program = compile_source("cpp", source + "//", runner=runner, cache=cache)
    assert fast.ok
    assert not fast.is_cached
    assert fast.cpu_ms < slow.cpu_ms * 0.6
