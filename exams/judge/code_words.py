"""What verdicts and states of judging are called: a code, a drawing, a tone and a word, never a colour alone."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from coaching.templatetags.figures import size
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict
from exams.scheme_words import number


@dataclass(frozen=True, slots=True)
class Sign:
    """How a verdict or a state looks: `tone` is ok, due, bad, run or off, `icon` a drawing's name."""

    code: str
    tone: str
    icon: str
    word: str


_VERDICTS: dict[Verdict, tuple[str, str, str | Promise]] = {
    Verdict.OK: ("off", "play", gettext_lazy("ran")),
    Verdict.AC: ("ok", "circle-check", gettext_lazy("accepted")),
    Verdict.PA: ("due", "circle-alert", gettext_lazy("accepted in part")),
    Verdict.WA: ("bad", "octagon-x", gettext_lazy("wrong answer")),
    Verdict.TLE: ("due", "clock", gettext_lazy("over time")),
    Verdict.MLE: ("due", "memory-stick", gettext_lazy("over memory")),
    Verdict.OLE: ("due", "file-stack", gettext_lazy("too much output")),
    Verdict.RE: ("bad", "octagon-alert", gettext_lazy("stopped with an error")),
    Verdict.CE: ("bad", "file-x", gettext_lazy("does not compile")),
    Verdict.SE: ("off", "server-crash", gettext_lazy("could not be judged")),
    Verdict.SK: ("off", "minus", gettext_lazy("not run")),
}


def sign_of(verdict: str) -> Sign:
    """Of a verdict's code. Raises: ValueError when there is no such verdict."""
    tone, icon, word = _VERDICTS[Verdict(verdict)]
    return Sign(verdict, tone, icon, str(word))


def icons() -> list[str]:
    """What is drawn for verdicts, once for a page."""
    return sorted({icon for _tone, icon, _word in _VERDICTS.values()})


# --- Waiting ----------------------------------------------------------------------------------------------------------


def state_sign(state: str, *, position: int | None = None, done: int = 0, total: int = 0) -> Sign:
    """How far judging is, in a few words."""
    match state:
        case JudgeState.PENDING:
            return Sign("", "run", "clock-fading", _queued(position))
        case JudgeState.RUNNING:
            return Sign("", "run", "clock-fading", _running(done, total))
        case JudgeState.WAITING:
            return Sign("", "due", "clock", _("Waits for the judge"))
        case JudgeState.FAILED:
            return Sign("", "off", "server-crash", _("Could not be judged"))
        case JudgeState.CANCELLED:
            return Sign("", "off", "minus", _("Taken out of the queue"))
    return Sign("", "off", "circle-check", _("Judged"))


def _queued(position: int | None) -> str:
    if position is None:
        return _("In the queue")
    if position <= 1:
        return _("Next in the queue")
    return _("%(place)s in the queue") % {"place": ordinal(position)}


def _running(done: int, total: int) -> str:
    if not total:
        return _("Being judged")
    return _("Being judged, %(done)d of %(total)d") % {"done": done, "total": total}


def ordinal(count: int) -> str:
    """7th; in languages other than English the number alone."""
    if not (get_language() or "en").startswith("en"):
        return str(count)
    tail = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{tail}"


def state_note(state: str, *, wait_s: int | None = None, is_run: bool = False) -> str:
    """What follows from it for the student; "" when nothing needs saying."""
    match state:
        case JudgeState.PENDING if wait_s:
            return about(wait_s) if is_run else _("%(wait)s; you can go on writing") % {"wait": about(wait_s)}
        case JudgeState.WAITING:
            return off_sentence()
        case JudgeState.FAILED:
            return _("That is the server’s fault and costs no marks. Staff see it and have it judged again.")
    return ""


def about(wait_s: int) -> str:
    """about 20 s, about 3 min."""
    if wait_s < 100:
        rounded = wait_s if wait_s < 10 else round(wait_s, -1)
        return _("about %(count)d s") % {"count": rounded}
    return _("about %(count)d min") % {"count": round(wait_s / 60)}


def off_sentence() -> str:
    """While no machine judges."""
    return _("Coding questions are switched off on this server; your answer is saved and will be judged later.")


# --- Figures ----------------------------------------------------------------------------------------------------------


def seconds(ms: int | None) -> str:
    """0.02 s, 1.00 s."""
    return "" if ms is None else _("%(count)s s") % {"count": f"{ms / 1000:.2f}"}


def limit_words(cpu_ms: int) -> str:
    """1.0 s, 2.25 s: a limit."""
    text = f"{cpu_ms / 1000:.2f}".rstrip("0")
    return _("%(count)s s") % {"count": f"{text}0" if text.endswith(".") else text}


def memory(count: int | None) -> str:
    """9.1 MB; "" where it is not known."""
    return size(count) if count else ""


def points_text(points: object) -> str:
    """Points as people write them: 20, 33.33; "" of none."""
    return "" if points is None else number(Decimal(str(points)))


def left_words(left: int, most: int) -> str:
    return ngettext("%(left)d of %(most)d submission left", "%(left)d of %(most)d submissions left", most) % {
        "left": max(left, 0),
        "most": most,
    }


def feedback_note(*, shows_hidden: bool, shows_points: bool) -> str:
    """What is not seen of hidden tests, and until when."""
    if shows_hidden:
        return _("Hidden tests show their verdict only.")
    if shows_points:
        return _("Of hidden tests only the points are shown.")
    return _("Hidden tests are judged, too; what they came to is shown with the results.")


# --- What the page's script says --------------------------------------------------------------------------------------


def script_words() -> dict[str, str]:
    """By the names the script uses; `{…}` stands for what it puts in."""
    return _of_the_question() | _of_the_editor() | _of_results()


def _of_the_question() -> dict[str, str]:
    return {
        "codeQuestion": _("Question"),
        "codeCode": _("Code"),
        "codeResults": _("Results"),
        "codeParts": _("Parts of this question"),
        "codeSample": _("Sample {number}"),
        "codeInput": _("Input"),
        "codeOutput": _("Output"),
        "codeCopy": _("Copy"),
        "codeCopied": _("Copied"),
        "codeCopyLabel": _("Copy input {number}"),
        "codeCut": _("Only its beginning is shown."),
        "codeAll": _("all or nothing"),
        "codeTest": _("1 test"),
        "codeTests": _("{count} tests"),
        "codePoints": _("{points} points"),
        "codeWithin": _("{seconds} s"),
        "codeMemory": _("{count} MB"),
        "codeLimits": _("{time} and {memory} for each test"),
    }


def _of_the_editor() -> dict[str, str]:
    return {
        "codeYours": _("Your code"),
        "codeHelp": _("Tab indents. Press Escape, then Tab to leave the field."),
        "codeUndo": _("Undo"),
        "codeStart": _("Back to the starting code"),
        "codeStarted": _("The starting code stands there again. Undo brings yours back."),
        "codeKeys": _("Keys"),
        "codeLeft": _("Left"),
        "codeRight": _("Right"),
    }


def _of_results() -> dict[str, str]:
    return {
        "codeOwn": _("Own input"),
        "codeOwnOutput": _("Its output"),
        "codeOwnNone": _("Run shows it here."),
        "codeAsking": _("Sending"),
        "codeEmpty": _("Write a program first."),
        "codeOffline": _(
            "Run and Submit need a connection. Your program is kept on this device and saved once there is one."
        ),
        "codeLoading": _("Results are shown here."),
        "codeFailed": _("The results could not be fetched. Trying again."),
        "codeAgain": _("Again in {seconds} s."),
    }
