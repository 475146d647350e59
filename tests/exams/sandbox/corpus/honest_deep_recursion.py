# expect: AC
# memory: 256
# answer: 200000
# what: sys.setrecursionlimit, and two hundred thousand levels of it.
import sys

sys.setrecursionlimit(10**6)


def depth(left):
    return 0 if left == 0 else 1 + depth(left - 1)


print(depth(200_000))
