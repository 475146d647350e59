"""What the scheduler looks at for the judge, some times a minute; missing a round changes nothing."""

from datetime import datetime, timedelta

from coaching.lib import heartbeats
from exams.judge import queue
from exams.models import CodeSubmission, JudgeHost

RUNS_KEPT = timedelta(days=7)
HOSTS_KEPT = timedelta(days=7)
AT_ONCE = 500


def judge_due(*, now: datetime) -> None:
    """Free what dead workers held, queue what can be judged by now, wake a worker, forget old runs and machines."""
    queue.release_lost(now=now)
    queue.turn(now=now)
    if queue.is_waiting() or heartbeats.alive("judge"):  # one that is woken says that it is there
        queue.wake()
    forget_runs(now=now)
    JudgeHost.objects.filter(seen_at__lt=now - HOSTS_KEPT).delete()


def forget_runs(*, now: datetime) -> int:
    """Delete runs nobody needs any more, with their judgements; what a round leaves, the next one takes."""
    old = CodeSubmission.objects.filter(kind=CodeSubmission.Kind.RUN, asked_at__lt=now - RUNS_KEPT)
    pks = list(old.order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE])
    if not pks:
        return 0
    rows = CodeSubmission.objects.filter(pk__in=pks)
    rows.update(judgement=None)  # each protects the other
    rows.delete()
    return len(pks)
