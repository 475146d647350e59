"""A test of programs that is over: judged, one that failed, a judging again to look at; and machines that judge."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from exams import reckoning
from exams.judge import hosts, rejudging
from exams.models import JudgeHost, Judgement
from exams.models.results import Cause
from exams.sandbox.protocol import Finding, Probed, Toolchain
from tests import people
from tests.browser.seed_exams import number_of, people_and_batch
from tests.exams import coded
from tests.exams.judge import judged

TITLE = "Coding weekly 2"
NAMES = ("Mohammed Arshad Khan Siddiqui", "आराध्या देशपांडे", "Kavya Iyer")
LANGUAGES = (Toolchain("py", "Python 3.11.2", 3.0), Toolchain("cpp", "g++ (Debian 12.2.0-14) 12.2.0", 1.0))
LONG_WAY = "\n".join(
    f"print(sum(map(int, input().split())))  # line {n}, longer than any phone is wide" for n in range(9)
)


def main() -> None:
    batch, now = people_and_batch(), timezone.now()
    missing = Finding(
        "W130", "warning", "There is no cgroup that may be written to: memory is bounded for each process only.",
        "systemctl set-property classcrew-judge.service Delegate=yes",
    )  # fmt: skip
    works = Probed("bwrap", "0.8.0", findings=(missing,), languages=LANGUAGES)
    hosts.remember(works, now=now + timedelta(hours=1), runners=2, name="judge-north.institute.example")
    broken = Finding("E002", "error", "bubblewrap is not installed.", "apt install bubblewrap")
    JudgeHost.objects.create(
        name="old-pc", seen_at=now - timedelta(days=2), probed_at=now, works=False,
        probed=Probed("off", findings=(broken,)).to_json(),
    )  # fmt: skip
    row = judged.closed(title=TITLE, batch=batch, uuid=number_of(TITLE))
    for nth, points in enumerate(("20", "10", "0")):
        who = people.person(NAMES[nth], Role.STUDENT, admission_number=f"2026-07{nth:02}")
        attempt = judged.writes(row, who)
        judged.submits(attempt, points, source=LONG_WAY)
        if nth == 2:
            judged.submits(attempt, None, state="FAILED", source=LONG_WAY)
    Judgement.objects.filter(state="FAILED").update(detail="The helper was killed three times: out of memory?")
    reckoning.reckon(row, cause=Cause.CLOSED, actor=None, now=now)
    question = judged.programs(row)[0]
    suite = coded.a_suite(question.question, note="Test 3 mended")
    rejudge = rejudging.start(question, suite, reason="Test 3 was wrong", actor=people.teacher(), now=now)
    Judgement.objects.filter(rejudge=rejudge).update(
        state="COMPLETE", verdict="AC", points=20, most=20, finished_at=timezone.now()
    )
    judged.judgement(judged.submits(attempt, "5"), None, state="PENDING")
