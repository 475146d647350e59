"""Programs of a whole hall compared with each other. `python -m benchmarks.judge_similar`.

Everybody writes the same task in eight steps, each of which he solves in one of a few usual ways, with names of his
own; one in fifty hands in another's with other names and lines in between. Bare reading turns the programs into tokens
and nothing else. Pure: no tables, one process.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from exams.judge import winnowing
from exams.judge.code_tokens import Tokens, tokens_of

COPIES = 50
STEPS: tuple[tuple[str, ...], ...] = (
    ("{n} = int(input())", "{n} = int(sys.stdin.readline())", "{n}, = map(int, input().split())"),
    (
        "{a} = []\nfor {i} in range({n}):\n    {x}, {y} = map(int, input().split())\n    {a}.append(({x}, {y}))",
        "{a} = [tuple(map(int, input().split())) for {i} in range({n})]",
        "{a} = []\nfor {i} in range({n}):\n    {x} = input().split()\n    {a}.append([int({x}[0]), int({x}[1])])",
        "{a} = []\nwhile {n} > 0:\n    {a}.append(list(map(int, input().split())))\n    {n} -= 1",
    ),
    (
        "{a}.sort()",
        "{a} = sorted({a})",
        "{a}.sort(key=lambda {x}: {x}[0])",
        "for {i} in range(len({a})):\n    for {j} in range({i} + 1, len({a})):\n        if {a}[{j}] < {a}[{i}]:\n"
        "            {a}[{i}], {a}[{j}] = {a}[{j}], {a}[{i}]",
    ),
    (
        "{m} = [{a}[0]]\nfor {x}, {y} in {a}[1:]:\n    if {x} <= {m}[-1][1]:\n"
        "        {m}[-1] = ({m}[-1][0], max({m}[-1][1], {y}))\n    else:\n        {m}.append(({x}, {y}))",
        "{m} = []\nfor {x} in {a}:\n    if {m} and {x}[0] <= {m}[-1][1]:\n        if {x}[1] > {m}[-1][1]:\n"
        "            {m}[-1][1] = {x}[1]\n    else:\n        {m}.append(list({x}))",
        "{m} = []\n{x}, {y} = {a}[0]\nfor {i}, {j} in {a}:\n    if {i} > {y}:\n        {m}.append(({x}, {y}))\n"
        "        {x}, {y} = {i}, {j}\n    else:\n        {y} = max({y}, {j})\n{m}.append(({x}, {y}))",
        "{i} = 0\n{m} = []\nwhile {i} < len({a}):\n    {x}, {y} = {a}[{i}]\n    {j} = {i} + 1\n"
        "    while {j} < len({a}) and {a}[{j}][0] <= {y}:\n        {y} = max({y}, {a}[{j}][1])\n        {j} += 1\n"
        "    {m}.append(({x}, {y}))\n    {i} = {j}",
    ),
    ("print(len({m}))", "print(str(len({m})))", "{t} = len({m})\nprint({t})"),
    (
        "for {x}, {y} in {m}:\n    print({x}, {y})",
        "for {x} in {m}:\n    print(*{x})",
        "for {i} in range(len({m})):\n    print({m}[{i}][0], {m}[{i}][1])",
    ),
    (
        "{t} = 0\nfor {x}, {y} in {m}:\n    {t} += {y} - {x}\nprint({t})",
        "print(sum({y} - {x} for {x}, {y} in {m}))",
        "{t} = sum([{x}[1] - {x}[0] for {x} in {m}])\nprint('total', {t})",
    ),
    (
        "if {t} > 10:\n    print('long')\nelse:\n    print('short')",
        "print('long' if {t} > 10 else 'short')",
        "{z} = 'short'\nif {t} > 10:\n    {z} = 'long'\nprint({z})",
    ),
)
OWN = (
    "{z} = {a}",
    "assert {n} >= {z}, {t}",
    "if {n} == 0:\n    sys.exit({z})",
    "{z} = [{t}] * {n}",
    "print({z}, {t}, file=sys.stderr)",
    "{z} = {x} if {y} else {t}",
    "{t}, {z} = {z}, {t}",
    "while {z} > {t}:\n    {z} //= {n}",
    "{z} = {{{x}: {y}, {t}: {n}}}",
    "del {z}[{t}]",
    "{z} = not {t} or {x} is None",
    "try:\n    {z} += {t}\nexcept TypeError:\n    {z} = {y}",
)
"""What people write between the steps."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--programs", type=int, nargs="*", default=[500, 2_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    figures = {size: _measure(hall(size), options.rounds) for size in options.programs}
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'programs':>9}{'read, s':>9}{'compare, s':>12}{'to reading':>12}{'pairs':>8}{'copies found':>14}")
    for size, one in figures.items():
        figure = f"{one['read_s']:9.2f}{one['compare_s']:12.2f}{one['to_read']:12.2f}{one['pairs']:8}"
        print(f"{size:9}{figure}{one['copies_found']:>14}")


def _measure(programs: Sequence[str], rounds: int) -> dict[str, Any]:
    """CPU seconds, medians; `copies_found` are the pairs that were copied among those listed, of all there are."""
    reads, compares = [], []
    for _round in range(rounds):
        reads.append(_taken(partial(_read, programs)))
        tokens = _read(programs)
        compares.append(_taken(partial(winnowing.find, tokens)))
    found = winnowing.find(tokens)
    listed = {(pair.first, pair.second) for pair in found.pairs}
    copied = [(at, at + 1) for at in range(0, len(programs) - 1, COPIES)]
    ratios = [compare / read for compare, read in zip(compares, reads, strict=True)]
    return {
        "read_s": statistics.median(reads),
        "compare_s": statistics.median(compares),
        "to_read": statistics.median(ratios),
        "pairs": found.count,
        "copies_found": f"{sum(one in listed for one in copied)} of {len(copied)}",
    }


def _read(programs: Sequence[str]) -> list[Tokens]:
    return [tokens_of(one, "py") for one in programs]


def _taken(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def hall(size: int) -> list[str]:
    """So many programs; of every fifty the second is a copy of the first."""
    chance = random.Random(7)
    programs: list[str] = []
    parts: list[str] = []
    for at in range(size):
        if at % COPIES != 1:
            parts = _parts(chance)
        programs.append(_named(parts, chance, remark=at % COPIES == 1))
    return programs


def _parts(chance: random.Random) -> list[str]:
    own = [chance.choice(OWN) for _step in STEPS if chance.random() < 0.8]
    parts = ["import sys", *(chance.choice(step) for step in STEPS)]
    for one in own:
        parts.insert(chance.randrange(1, len(parts)), one)
    return parts


def _named(parts: Sequence[str], chance: random.Random, *, remark: bool) -> str:
    names = {key: f"{chance.choice('abcdefgh')}{chance.randrange(99)}" for key in "naixyjmtz"}
    lines = [one.format(**names) for one in parts]
    return "\n\n# my own\n".join(lines) if remark else "\n".join(lines)


if __name__ == "__main__":
    main()
