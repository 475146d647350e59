# expect: AC
# answer: ready
# slow: yes
# what: Looking at oneself: the platform, the number of processors, the own source, the limits.
import inspect
import os
import platform
import resource
import sys

whole = platform.system() == "Linux" and (os.cpu_count() or 1) > 0 and resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 10
whole = whole and os.getpid() > 0 and sys.getrecursionlimit() > 0 and callable(inspect.getsource)
print("ready" if whole and "whole" in open(__file__).read() else "blocked")
