# expect: AC RE
# stdin: doors
# what: Becoming a shell is no way out: it sees no more, and it cannot start anything either.
import os

secret = open(0).read().split()[4]
script = f"""
{{ read line < /etc/shadow; }} 2>/dev/null && echo "hole: shadow"
{{ read line < {secret}; }} 2>/dev/null && echo "hole: the app's file"
{{ echo x > /tmp/judge-corpus-shell; }} 2>/dev/null && echo "hole: written"
[ "$(echo hole 2>/dev/null)" ] 2>/dev/null && echo "hole: a second process"
echo contained
"""
for shell in ("/bin/sh", "/usr/bin/sh", "/bin/dash", "/bin/bash", "/usr/bin/bash"):
    try:
        os.execv(shell, ["sh", "-c", script])
    except OSError:
        continue
print("contained")
