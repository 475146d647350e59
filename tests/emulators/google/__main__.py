"""Google by hand: `python -m tests.emulators.google [--port N] [--json] [--account EMAIL[:BYTES]]... [--latency-ms N]`.

Prints the settings that point the site here and a refresh token per account, then serves until interrupted (or, with
`--until-eof`, until its standard input ends: so that a benchmark that dies leaves nothing behind). Lines typed
meanwhile are commands; `help` lists them.
"""

import argparse
import json
import sys
import threading

from tests.emulators.google.console import Console
from tests.emulators.google.emulator import GoogleEmulator


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulators.google", description="Google's OAuth and Drive, emulated."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--json", action="store_true", help="one line for a program instead of lines for a person")
    parser.add_argument("--account", action="append", metavar="EMAIL[:BYTES]", help="may be given several times")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="waited before every answer")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    with GoogleEmulator(options.port, latency_s=options.latency_ms / 1000) as google:
        accounts = {}
        for text in options.account or ["meera@example.org", "arjun@example.org", "kavya@example.org"]:
            email, _, limit = text.partition(":")
            accounts[email] = google.account(email, **({"limit_bytes": int(limit)} if limit else {})).refresh_token
        show({"root": google.root, "settings": google.settings, "refresh_tokens": accounts}, as_json=options.json)
        try:
            obey(Console(google))
            if not options.until_eof:
                threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("Stopped.\n")


def obey(console: Console) -> None:
    """Answer the lines of standard input until it ends."""
    for line in sys.stdin:
        sys.stdout.write(console.obey(line) + "\n")
        sys.stdout.flush()


def show(told: dict[str, object], *, as_json: bool) -> None:
    """What one must know to use it."""
    if as_json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        settings, tokens = told["settings"], told["refresh_tokens"]
        lines = [
            f"{name}={value}" for part in (settings, tokens) if isinstance(part, dict) for name, value in part.items()
        ]
        sys.stdout.write("\n".join([f"Serving {told['root']}; Ctrl-C stops it.", *lines]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
