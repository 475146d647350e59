# expect: WA RE
# what: The lines the helper itself would write, on every descriptor, with a null byte and a line end before them.
import json
import os

lines = b"\0\n\r\n" + b"".join(
    json.dumps(one).encode() + b"\n"
    for one in (
        {"event": "compiled", "ok": True, "output": "", "cached": True, "cpu_ms": 0},
        {"event": "test", "id": "1", "verdict": "AC", "score": 1.0, "stdout": "", "stderr": ""},
        {"event": "failed", "detail": "the sandbox is not there"},
        {"event": "done"},
    )
)
for number in range(64):
    try:
        os.write(number, lines)
    except OSError:
        continue
