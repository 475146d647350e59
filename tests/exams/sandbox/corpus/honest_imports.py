# expect: AC
# cpu: 2000
# answer: 6 3 [1, 2, 3] 1/3 2.5 aab 2026-01-26 deque([1, 2])
# what: What exercises import, and asyncio besides.
import array, asyncio, bisect, collections, contextlib, copy, csv, dataclasses, datetime, decimal, enum, fractions  # noqa
import functools, heapq, hashlib, io, itertools, json, math, operator, os, queue, random, re, statistics, string  # noqa
import struct, sys, textwrap, threading, time, typing, unicodedata, uuid  # noqa


async def later(value):
    await asyncio.sleep(0)
    return value


heap = [3, 1, 2]
heapq.heapify(heap)
random.seed(5)
print(
    functools.reduce(operator.mul, [1, 2, 3]),
    bisect.bisect([1, 2, 3], 3),
    [heapq.heappop(heap) for _ in range(3)],
    fractions.Fraction(1, 3),
    decimal.Decimal("2.5"),
    re.sub("c", "b", "".join(itertools.chain("aa", "c"))),
    datetime.date(2026, 1, 26).isoformat(),
    collections.deque(json.loads("[1, 2]")),
)
