# expect: AC
# memory: 256
# answer: 100000
# what: The usual way of deep recursion: a thread with a stack of 128 MB.
import sys
import threading

sys.setrecursionlimit(1 << 25)
threading.stack_size(1 << 27)


def depth(left):
    return 0 if left == 0 else 1 + depth(left - 1)


worker = threading.Thread(target=lambda: print(depth(100_000)))
worker.start()
worker.join()
