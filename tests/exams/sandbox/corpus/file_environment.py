# expect: AC
# what: The environment has a handful of names, none of them the app's; neither has what lies behind the stack.
import ctypes
import os
import sys

holes = [name for name in os.environ if name not in ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "HOME", "TZ", "PWD", "TMPDIR", "USER",
                                                     "LOGNAME", "SHLVL", "_", "MALLOC_ARENA_MAX")
         and not name.startswith("PYTHON")]  # fmt: skip
block = ctypes.c_char_p.in_dll(ctypes.CDLL(None), "environ")
if b"CANARY" in bytes(str(os.environ), "utf-8") or any("CANARY" in word for word in [*sys.argv, *sys.path]):
    holes.append("canary")
if any(path.startswith(("@ROOT@", "@PROJECT@", "/home")) for path in sys.path):
    holes.append("path")
print(f"hole: {holes}" if holes else "contained")
