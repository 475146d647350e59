"""Stretches of code that programs share are found whatever was renamed, moved or written between; nothing else is."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.judge.code_tokens import FAMILIES, NAME, NUMBER, TEXT, TYPE, Tokens, tokens_of
from exams.judge.winnowing import (
    GRAM,
    LEAST_TOKENS,
    MOST_LISTED,
    WINDOW,
    Match,
    Program,
    find,
    matches_of,
    numbers_of,
    overlap_of,
    winnowed,
)

pytestmark = pytest.mark.apart

MERGE = """
import sys

def read():
    spans = []
    for line in sys.stdin:
        low, high = map(int, line.split())
        spans.append((low, high))
    return sorted(spans)

def merged(spans):
    kept = [list(spans[0])]
    for low, high in spans[1:]:
        if low <= kept[-1][1]:
            kept[-1][1] = max(kept[-1][1], high)
        else:
            kept.append([low, high])
    return kept

for low, high in merged(read()):
    print(low, high)
"""
RENAMED = """
# all my own work
import sys


def union(all_of_them):
    '''Joins.'''
    out = [list(all_of_them[0])]
    for a, b in all_of_them[1:]:
        if a <= out[-1][1]:   # they touch
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out


def take():
    r = []
    for s in sys.stdin:
        a, b = map(int, s.split())
        r.append((a, b))
    return sorted(r)


for a, b in union(take()):
    print(a, b)
"""
OWN_WAY = """
def main():
    events = []
    while True:
        try:
            text = input()
        except EOFError:
            break
        numbers = [int(word) for word in text.split()]
        events += [(numbers[0], -1), (numbers[1], 1)]
    events.sort()
    depth, start = 0, None
    for at, step in events:
        if depth == 0:
            start = at
        depth -= step
        if not depth:
            print(f"{start} {at}")

if __name__ == "__main__":
    main()
"""
IN_CPP = """
#include <cstdio>
int main() { // read
    int n; scanf("%d", &n);
    long long best = 0, sum = 0;
    for (int i = 0; i < n; i++) { long long x; scanf("%lld", &x); sum = sum + x > x ? sum + x : x; if (sum > best) best = sum; }
    printf("%lld\\n", best); return 0;
}
"""  # noqa: E501


def py(source: str) -> Tokens:
    return tokens_of(source, "py")


def plain(*signs: str) -> Tokens:
    """Each in a line of its own."""
    return Tokens(signs, tuple(range(1, len(signs) + 1)))


def share(one: Tokens, other: Tokens) -> tuple[float, float]:
    return overlap_of(Program(one), Program(other)).shares


# --- Tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "source", "signs"),
    [
        ("py", "x = 'it''s' # no\n", [NAME, "=", TEXT, TEXT]),
        ("py", '"""Says."""\ndef f():\n    return a//2\n', ["def", NAME, "(", ")", ":", "return", NAME, "//", NUMBER]),
        ("py", "import os; y = f\"{x}\" + r'\\'", [NAME, "=", TEXT, "+", TEXT]),
        ("cpp", "#include <a>\nusing namespace std; auto s = R\"x(\")\" )x\"; // c\n", [TYPE, NAME, "=", TEXT]),
        ("c", "unsigned long long n = 1'000 /* a\n b */ + 0x1F;", [TYPE, NAME, "=", NUMBER, "+", NUMBER]),
        ("java", 'import a.b;\nvar t = """\n "x" """;', [TYPE, NAME, "=", TEXT]),
        ("js", "let r = /[/'\"]/g, q = a / b / c", [TYPE, NAME, "=", TEXT, ",", NAME, "=", NAME, "/", NAME, "/", NAME]),
        ("js", "const t = `a\n${b}` ?? null", ["const", NAME, "=", TEXT, "??", "null"]),
    ],
)  # fmt: skip
def test_names_and_texts_are_classes_and_comments_are_gone(language, source, signs):
    found = tokens_of(source, language)
    assert list(found.signs) == signs


def test_every_token_knows_its_line():
    found = tokens_of("a = '''x\ny'''\n\n# no\nb = (\n 1)\n", "py")
    assert found.lines == (1, 1, 1, 5, 5, 5, 6, 6)


@given(st.sampled_from(sorted(FAMILIES)), st.text(st.sampled_from("'\"`/*\\\n#R(){}[]a1.e+=;<>\x00é "), max_size=60))
def test_nothing_typed_is_too_broken_for_tokens(language, source):
    found = tokens_of(source, language)
    assert len(found.signs) == len(found.lines)
    assert list(found.lines) == sorted(found.lines)
    assert all(1 <= one <= source.count("\n") + 1 for one in found.lines)


@pytest.mark.parametrize("bad", ["'", '"""', "/*", 'R"a(', "`", "/[", "\\", "1e+", " \t", "import ", "#include\n"])
def test_what_is_never_closed_costs_no_more_than_what_is(bad):
    source = bad * (32_768 // len(bad))
    usual = "a = b + 1\n" * 1_000
    for language in FAMILIES:
        times = []
        for one in (usual, source):
            began = time.process_time()
            tokens_of(one, language)
            times.append(time.process_time() - began)
        assert times[1] < 10 * times[0] + 0.2  # were it quadratic, minutes


# --- Fingerprints -----------------------------------------------------------------------------------------------------

SIGNS = st.lists(st.sampled_from("abcdef"), max_size=80)


@given(SIGNS, SIGNS, st.lists(st.sampled_from("abcdef"), min_size=GRAM + WINDOW - 1, max_size=40), SIGNS, SIGNS)
def test_a_shared_stretch_of_a_window_and_a_gram_is_always_found(a, b, shared, c, d):
    one, other = numbers_of([*a, *shared, *b]), numbers_of([*c, *shared, *d])
    assert {one[at] for at in winnowed(one)} & {other[at] for at in winnowed(other)}
    tokens = overlap_of(Program(plain(*a, *shared, *b)), Program(plain(*c, *shared, *d))).tokens
    assert tokens >= GRAM


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_every_window_has_a_fingerprint_and_no_window_two_for_nothing(numbers):
    found = winnowed(numbers)
    assert found == sorted(set(found))
    for at in range(max(len(numbers) - WINDOW + 1, 1)):
        window = numbers[at : at + WINDOW]
        least = max(place for place, one in enumerate(window, start=at) if one == min(window))
        assert least in found


@given(SIGNS, SIGNS)
def test_it_does_not_matter_which_program_comes_first(a, b):
    one, other = Program(plain(*a)), Program(plain(*b))
    there, back = overlap_of(one, other), overlap_of(other, one)
    assert there.tokens == back.tokens
    assert there.shares == back.shares[::-1]
    if one.signs != other.signs:
        turned = {Match(found.second, found.first, found.length) for found in matches_of(other, one)}
        assert set(matches_of(one, other)) == turned


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=GRAM + WINDOW, max_size=60), SIGNS)
def test_no_token_is_counted_twice(a, b):
    found = overlap_of(Program(plain(*a, *b)), Program(plain(*b, *a)))
    assert found.tokens <= len(a) + len(b)
    assert max(found.shares) <= 1


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_renaming_commenting_and_spacing_change_nothing(chance):
    names = {name: f"n{chance.randrange(10**6)}" for name in ("spans", "low", "high", "kept", "line", "merged", "read")}
    source = MERGE
    for name, other in names.items():
        source = source.replace(name, other)
    lines = []
    for line in source.splitlines():
        lines += ["", "# so it is"] if chance.random() < 0.3 else []
        lines.append(line + "   # why" if chance.random() < 0.3 else line.replace(" = ", "   =  "))
    assert py("\n".join(lines)).signs == py(MERGE).signs


# --- Pairs ------------------------------------------------------------------------------------------------------------


def test_a_copy_with_other_names_and_another_order_is_found_and_shown():
    one, other = share(py(MERGE), py(RENAMED))
    assert min(one, other) > 0.95
    (pair,) = find([py(MERGE), py(OWN_WAY), py(RENAMED)]).pairs
    assert (pair.first, pair.second) == (0, 2)
    assert pair.regions == (((4, 9), (17, 22)), ((11, 18), (6, 14)), ((20, 21), (25, 26)))


def test_who_solved_it_by_himself_is_not_listed():
    assert max(share(py(MERGE), py(OWN_WAY))) < 0.3
    assert find([py(MERGE), py(OWN_WAY)]).count == 0


def test_a_copy_within_more_code_is_found():
    (pair,) = find([py(MERGE), py(OWN_WAY + RENAMED)]).pairs
    assert pair.shares[0] > 0.95
    assert 0.3 < pair.shares[1] < 0.7


def test_a_program_turned_into_another_language_with_braces_is_found():
    java = IN_CPP.replace("#include <cstdio>", "import java.util.*;").replace("long long", "long")
    (pair,) = find([tokens_of(IN_CPP, "cpp"), tokens_of(java, "java")]).pairs
    assert min(pair.shares) == 1


def test_short_programs_are_not_compared():
    short = py("n = int(input())\nprint(sum(i for i in range(n) if i % 3 == 0))\n")
    assert len(short) < LEAST_TOKENS
    found = find([short, short])
    assert (found.count, found.compared, found.short) == (0, 0, 2)


def test_code_that_was_given_is_nobodys():
    given_code = MERGE.split("for low, high in merged")[0]
    found = find([py(MERGE), py(MERGE)], templates=[py(given_code)])
    assert (found.count, found.short) == (0, 2)
    own = "\n".join(f"if low > {n} and high:\n    low, high = high[{n}], low" for n in range(6))
    (pair,) = find([py(given_code + own), py(given_code + own)], templates=[py(given_code)]).pairs
    assert pair.regions[0][0][0] > given_code.count("\n") - 2


def test_what_most_have_is_nobodys_but_the_same_program_of_many_is_one():
    chance = random.Random(2)
    parts = [f"{a} = {b}[{c}] {d} {e}" for a in "pq" for b in "xy" for c in "ij" for d in "+-*/%" for e in "mn"]
    many = [py(MERGE + "\n".join(chance.sample(parts, 14))) for _program in range(14)]
    found = find(many)
    assert found.common > 0
    assert all(pair.tokens < 100 for pair in found.pairs)
    copies = find([py(MERGE)] * 30 + [py(OWN_WAY)])
    assert copies.count == 30 * 29 // 2
    assert len(copies.pairs) == MOST_LISTED
    assert copies.groups == (tuple(range(30)),)


def test_code_that_repeats_itself_without_end_costs_little():
    endless = py("a[0] = b + 1\n" * 4_000)
    other = py("a[0] = b + 1\n" * 3_990 + "print(a)\n")
    began = time.process_time()
    assert find([endless, other]).count == 1
    assert time.process_time() - began < 5


def test_the_same_programs_give_the_same_numbers_everywhere():
    assert numbers_of("abcdefghijklm") == [1273083795651854066, 580546540956337861]
