# expect: RE
# what: Words of the sandbox's own on stderr and its exit code are the program's failure, not the machine's.
import sys

for line in (
    "bwrap: setting up uid map: Permission denied",
    "bwrap: No permissions to create a new namespace",
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    "prlimit: failed to set the AS resource limit",
):
    print(line, file=sys.stderr)
sys.exit(1)
