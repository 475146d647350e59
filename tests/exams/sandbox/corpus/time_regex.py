# expect: TLE
# cpu: 200
# slow: yes
# what: A regular expression that never ends, inside C code that no handler interrupts.
import re
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
re.match(r"(a|a)*$", "a" * 60 + "b")
