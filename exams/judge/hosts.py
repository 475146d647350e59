"""Which machines judge now: what their probes found, and how long their programs take.

judge = judge_state(now)         # at most some seconds old
judge.is_on, judge.languages     # {"py": Toolchain(…)}
judge.reason                     # for staff, why it is off; "" when it is on
"""

import os
import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from exams.models import JudgeHost, Judgement
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Probed, Toolchain

SEEN_WITHIN = timedelta(minutes=2)
PROBED_WITHIN = timedelta(minutes=5)
STALE_AFTER_S = 5.0
LOOKED_AT = 20
"""So many of the newest judgements say how long one takes."""
USUAL_S = 3.0
"""As long as nothing was judged yet."""
STARTED_AT = time.time()
"""Of this process, or of the worker it was forked from."""
_of_worker = {"runners": 1}


@dataclass(frozen=True, slots=True)
class JudgeNow:
    """How the judge stands. `languages`: what any machine that works can run. `runners`: programs at the same time.
    `pace_s`: seconds one program takes."""

    is_on: bool
    languages: dict[str, Toolchain]
    hosts: tuple[JudgeHost, ...]
    at: datetime
    runners: int = 1
    pace_s: float = USUAL_S

    @property
    def reason(self) -> str:
        """For staff, in their language: why it is off; "" when it is on."""
        return "" if self.is_on else _why_off(self)

    def judges(self, *languages: str) -> bool:
        """Whether all of these can be run; "" is none."""
        return self.is_on and all(one in self.languages for one in languages if one)

    def wait_s(self, position: int) -> int:
        """About how long it takes until the program at that place of the queue is judged."""
        return max(1, round(self.pace_s * -(-position // self.runners)))


_kept: dict[str, tuple[float, JudgeNow]] = {}


def judge_state(now: datetime) -> JudgeNow:
    """How the judge stood at most STALE_AFTER_S ago."""
    read_at, judge = _kept.get("judge", (0.0, None))
    if judge is None or time.monotonic() - read_at > STALE_AFTER_S:
        judge = _read(now)
        _kept["judge"] = (time.monotonic(), judge)
    return judge


def forget() -> None:
    """Let the next one who asks look anew."""
    _kept.clear()


def remember(probed: Probed, *, now: datetime, runners: int = 1, name: str = "") -> JudgeHost:
    """Note what this machine's probe found."""
    values = {"seen_at": now, "probed_at": now, "works": probed.works, "probed": probed.to_json(), "runners": runners}
    host, _made = JudgeHost.objects.update_or_create(name=name or own_name(), defaults=values)
    forget()
    return host


def begin(*, runners: int) -> None:
    """A worker starts here that judges so many programs at the same time; its processes are forked from this one."""
    _of_worker["runners"] = runners


def runners() -> int:
    """How many programs this worker judges at the same time."""
    return _of_worker["runners"]


def seen(*, now: datetime) -> None:
    """This machine is still there."""
    JudgeHost.objects.filter(name=own_name()).update(seen_at=now)


def own_name() -> str:
    """Of this machine."""
    return socket.gethostname()[:120]


def own_process() -> str:
    """This process, as judgements it works on name it: the machine, its number, and when it was started."""
    return f"{own_name()[:80]}:{os.getpid()}:{_born(os.getpid())}"


def is_dead(process: str) -> bool:
    """Whether that process is surely gone: it ran on this machine and is not there any more."""
    host, _sep, number = process.rpartition(":")[0].rpartition(":")
    born = process.rpartition(":")[2]
    return bool(born) and host == own_name()[:80] and number.isdigit() and _born(int(number)) != born


def _born(pid: int) -> str:
    """When it was started, in clock ticks since boot; "" where that cannot be told or it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state in {"Z", "X"} else rest[18]
    except (OSError, ValueError, IndexError):
        return ""


def _read(now: datetime) -> JudgeNow:
    known = tuple(JudgeHost.objects.order_by("name"))
    working = [one for one in known if one.works and _is_here(one, now)] if _is_allowed() else []
    languages = {one.language: one for host in working for one in Probed.from_json(host.probed).languages}
    if not working:
        return JudgeNow(False, {}, known, now)
    runners = max(1, sum(one.runners for one in working))
    return JudgeNow(True, languages, known, now, runners, _pace_s())


def _is_allowed() -> bool:
    return bool(settings.JUDGE_RUNNER != "off")


def _is_here(host: JudgeHost, now: datetime) -> bool:
    return host.seen_at > now - SEEN_WITHIN


def _why_off(judge: JudgeNow) -> str:
    if not _is_allowed():
        return _("Judging is switched off on this server (JUDGE_RUNNER=off).")
    for host in judge.hosts:
        if _is_here(host, judge.at):
            findings = Probed.from_json(host.probed).findings
            wrong = " ".join(f"{one.message} {one.fix}".strip() for one in findings if one.level == "error")
            return _("%(machine)s cannot judge: %(reason)s") % {"machine": host.name, "reason": wrong or "?"}
    for host in judge.hosts:
        return _("%(machine)s has not been heard of for some minutes. Start its worker again.") % {"machine": host.name}
    return _("No worker judges programs. Start one: manage.py worker --queues judge")


def _pace_s() -> float:
    rows = Judgement.objects.filter(state=JudgeState.COMPLETE)
    newest = rows.order_by("-pk").values_list("claimed_at", "finished_at")[:LOOKED_AT]
    took = [(ended - began).total_seconds() for began, ended in newest if began and ended]
    return max(0.1, sum(took) / len(took)) if took else USUAL_S
