"""What a position and a code together come to, by the way a class checks in. Pure.

The rule as a table stands in docs/decisions/attendance.md; the reasons are codes, their words are `check_in_words`.
"""

from dataclasses import dataclass
from enum import StrEnum

TAKES_EITHER = "gps_or_code"
WANTS_BOTH = "gps+code"
WANTS_CODE = "code"


class Code(StrEnum):
    """What was typed: nothing, the code on the screen, or something else."""

    NONE = "NONE"
    VALID = "VALID"
    WRONG = "WRONG"


class Step(StrEnum):
    """What becomes of the student: he is there, his teacher is asked, or nothing."""

    THERE = "THERE"
    WAITING = "WAITING"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one check-in brought. `verdict` is the position's, "NONE" without one; `trouble` why there is none."""

    mode: str
    verdict: str = "NONE"
    code: Code = Code.NONE
    tells_teacher: bool = False
    is_offline: bool = False
    trouble: str = "no_position"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The step, whether the code brought it about, and the codes of the reasons, the weightiest first."""

    step: Step
    by_code: bool
    reasons: tuple[str, ...]


def weigh(evidence: Evidence) -> Weighed:
    """What the evidence comes to.

    A code counts as much as a position, but takes nothing back that a position outside shows, unless either is enough.
    Who kept it on his phone, or asks for it, waits for his teacher.
    """
    step = _step(evidence)
    reasons = _reasons(evidence)
    by_code = step is Step.THERE and (evidence.mode == WANTS_CODE or evidence.verdict != "INSIDE")
    if step is Step.NOTHING and evidence.tells_teacher:
        step, reasons = Step.WAITING, (*reasons, "told")
    if evidence.is_offline and step is not Step.NOTHING:
        step, by_code, reasons = Step.WAITING, False, ("offline", *reasons)
    return Weighed(step, by_code, reasons)


def _step(evidence: Evidence) -> Step:
    is_valid = evidence.code is Code.VALID
    if evidence.mode == WANTS_CODE:
        return Step.THERE if is_valid else Step.NOTHING
    if evidence.verdict == "OUTSIDE":
        return Step.THERE if is_valid and evidence.mode == TAKES_EITHER else Step.NOTHING
    is_inside, is_near = evidence.verdict == "INSIDE", evidence.verdict in {"INSIDE", "UNCERTAIN"}
    if evidence.mode == WANTS_BOTH:
        if is_near and is_valid:  # the code settles the doubt
            return Step.THERE
        return Step.WAITING if is_near or is_valid else Step.NOTHING
    if is_inside or is_valid:
        return Step.THERE
    return Step.WAITING if evidence.verdict == "UNCERTAIN" else Step.NOTHING


def _reasons(evidence: Evidence) -> tuple[str, ...]:
    """What is said of the position, then of the code."""
    about_code = {Code.VALID: "code_valid", Code.WRONG: "code_wrong"}.get(evidence.code)
    if evidence.mode == WANTS_CODE:
        return () if evidence.tells_teacher and not about_code else (about_code or "code_missing",)
    said = [evidence.trouble if evidence.verdict == "NONE" else evidence.verdict.lower()]
    if evidence.verdict == "NONE" and (evidence.tells_teacher or about_code) and evidence.mode != WANTS_BOTH:
        said = [] if evidence.trouble == "no_position" else said  # nobody asked for one
    if about_code:
        said.append(about_code)
    elif evidence.mode == WANTS_BOTH and evidence.verdict != "OUTSIDE" and not evidence.tells_teacher:
        said.append("code_wanted")
    return tuple(said)
