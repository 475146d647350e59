"""What a person at the emulator's terminal may do to Google: one command a line, one line of answer."""

from collections import Counter
from collections.abc import Callable

from tests.emulators.google.accounts import Account
from tests.emulators.google.emulator import GoogleEmulator
from tests.emulators.google.faults import Refuse

HELP = """\
accounts                        who is there, how much each holds
wipe | revoke | disconnect | expire EMAIL   hidden data, tokens, both, access tokens only
limit EMAIL BYTES               the quota from now on
refuse OPERATION STATUS [TIMES] answer with an error (OPERATION may be *)
storm SECONDS                   everything is 429 that long
calm                            no faults from now on
advance SECONDS                 let time pass
requests                        how many of each came, by status"""


class Console:
    """Commands over an emulator."""

    def __init__(self, google: GoogleEmulator) -> None:
        self._google = google
        self._commands: dict[str, Callable[..., str]] = {
            "help": lambda: HELP,
            "accounts": self._accounts,
            "limit": self._limit,
            "refuse": self._refuse,
            "storm": self._storm,
            "calm": self._calm,
            "advance": self._advance,
            "requests": self._requests,
        }
        for name, act in {"wipe": Account.wipe, "revoke": Account.revoke, "disconnect": Account.disconnect}.items():
            self._commands[name] = self._upon(act)
        self._commands["expire"] = self._upon(Account.expire_access_tokens)

    def obey(self, line: str) -> str:
        """The answer to one line; what cannot be done is said, never raised."""
        name, *arguments = line.split() or ["help"]
        command = self._commands.get(name)
        if command is None:
            return f"There is no {name}; try help."
        try:
            return command(*arguments)
        except (KeyError, TypeError, ValueError) as error:
            return f"{name} did not work: {error}"

    def _person(self, email: str) -> Account:
        return self._google.authority.accounts[email.casefold()]

    def _upon(self, act: Callable[[Account], None]) -> Callable[[str], str]:
        def command(email: str) -> str:
            act(self._person(email))
            return "done"

        return command

    def _accounts(self) -> str:
        people = self._google.authority.accounts.values()
        return "\n".join(f"{one.email}: {len(one.files)} files, {one.used_bytes} bytes" for one in people)

    def _limit(self, email: str, size: str) -> str:
        self._person(email).limit_bytes = int(size)
        return "done"

    def _refuse(self, operation: str, status: str, times: str = "1") -> str:
        self._google.plan.add(operation, Refuse(int(status)), times=int(times))
        return "planned"

    def _storm(self, seconds: str) -> str:
        self._google.plan.add("*", Refuse(429), for_s=float(seconds))
        return "planned"

    def _calm(self) -> str:
        self._google.plan.clear()
        return "done"

    def _advance(self, seconds: str) -> str:
        self._google.clock.advance(float(seconds))
        return "done"

    def _requests(self) -> str:
        counted = Counter((seen.operation or seen.path, seen.status) for seen in self._google.requests)
        return "\n".join(f"{name} {status}: {count}" for (name, status), count in sorted(counted.items())) or "none"
