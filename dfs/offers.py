"""What the composed pages may ask of the store: plain figures, no rows to act on."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from accounts.models import User
from dfs.models import DriveAccount, Job, StoredFile

SHOWN = 5


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """The pool at a glance. Sizes in bytes; `troubled` and `failed` are the first few rows, the counts are of all."""

    file_count: int
    file_bytes: int
    cap_bytes: int
    used_bytes: int
    drive_count: int
    healthy_count: int
    open_count: int
    running_count: int
    failed_count: int
    troubled: list[DriveAccount]
    failed: list[Job]

    @property
    def used_percent(self) -> int:
        return min(100, 100 * self.used_bytes // self.cap_bytes) if self.cap_bytes else 0


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """A person's own files: how many, how large, and the newest."""

    count: int
    size_bytes: int
    newest: list[StoredFile]


def store_figures() -> StoreFigures:
    """For the admins' home page."""
    healthy = Q(state=DriveAccount.State.ACTIVE)
    files = StoredFile.objects.live().aggregate(count=Count("pk"), size=Sum("size_bytes"))
    drives = DriveAccount.objects.aggregate(
        count=Count("pk"), healthy=Count("pk", filter=healthy), cap=Sum("cap_bytes"), used=Sum("used_bytes")
    )
    failed = Q(state=Job.State.FAILED, cleared_at=None)
    jobs = Job.objects.aggregate(
        open=Count("pk", filter=Q(state__in=Job.OPEN)),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        failed=Count("pk", filter=failed),
    )
    return StoreFigures(
        file_count=files["count"],
        file_bytes=files["size"] or 0,
        cap_bytes=drives["cap"] or 0,
        used_bytes=drives["used"] or 0,
        drive_count=drives["count"],
        healthy_count=drives["healthy"],
        open_count=jobs["open"],
        running_count=jobs["running"],
        failed_count=jobs["failed"],
        troubled=list(DriveAccount.objects.exclude(healthy)[:SHOWN]),
        failed=list(Job.objects.filter(failed).select_related("file")[:SHOWN]),
    )


def own_files(user: User, *, newest: int) -> OwnFiles:
    """For everybody's home page; `newest` is how many rows are wanted."""
    files = StoredFile.objects.for_user(user).live()
    totals = files.aggregate(count=Count("pk"), size=Sum("size_bytes"))
    return OwnFiles(totals["count"], totals["size"] or 0, list(files[:newest]))


def drives_to_sign_in(user: User) -> list[DriveAccount]:
    """The person's own Drives that count again once he has signed in at Google."""
    waiting = DriveAccount.objects.for_user(user).filter(state=DriveAccount.State.NEEDS_REAUTH, leaving_at=None)
    return list(waiting[:SHOWN])
