"""How safe the files are, counted by the database: stripe by stripe, for any number of files, in one query.

`repair.redundancy` judges one file from its rows and is the definition; this says the same of many at once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import BigIntegerField, Case, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Least

from dfs.models import Chunk, DriveAccount, StoredFile, VerifyRun

SILENT = (DriveAccount.State.LOST, DriveAccount.State.NEEDS_REAUTH, DriveAccount.State.SUSPECT)
SUMMARY_KEPT_S = 60
WHOLE = BigIntegerField()


@dataclass(frozen=True, slots=True)
class Standing:
    """The weakest stripe of a file: `data` and `parity` objects that can be had, of `need` and `wanted_parity`.

    `spare` objects may still vanish before it cannot be read; below 0 it cannot. A stripe of one chunk has copies.
    """

    data: int
    parity: int
    need: int
    wanted_parity: int

    @property
    def spare(self) -> int:
        return self.data + self.parity - self.need

    @property
    def wanted(self) -> int:
        return self.need + self.wanted_parity

    @property
    def is_short(self) -> bool:
        return self.spare < self.wanted_parity


@dataclass(frozen=True, slots=True)
class Summary:
    """All stored files. `margin` owners, whichever, may vanish and everything is still read; None without files."""

    files: int
    short: int
    at_risk: int
    lost: int
    margin: int | None


def stripes(files: QuerySet[StoredFile] | None = None) -> QuerySet[Chunk, Any]:
    """A row per stripe of stored files: file_id, stripe, p, need, data, copies, parity, owners, there."""
    number = Case(When(kind=Chunk.Kind.DATA, then=F("index") / F("file__k")), default=F("index"), output_field=WHOLE)
    chunks = Greatest(
        Value(1, output_field=WHOLE),
        (F("file__size_bytes") + F("file__chunk_bytes") - Value(1)) / F("file__chunk_bytes"),
        output_field=WHOLE,
    )
    good = Q(state=Chunk.State.VERIFIED) & ~Q(account__state__in=SILENT)
    is_data = good & Q(kind=Chunk.Kind.DATA)
    is_parity = good & Q(kind=Chunk.Kind.PARITY, stripe_k=F("file__k"))
    rows = Chunk.objects.content().filter(file__state=StoredFile.State.STORED, generation=F("file__generation"))
    rows = rows.exclude(~Q(stripe_k=F("file__k")), kind=Chunk.Kind.PARITY)  # parity of a policy that was replaced
    if files is not None:
        rows = rows.filter(file__in=files)
    return (
        rows.annotate(stripe=number, p=F("file__p"))
        .annotate(need=Least(F("file__k"), chunks - F("stripe") * F("file__k"), output_field=WHOLE))
        .order_by()
        .values("file_id", "stripe", "need", "p")
        .annotate(
            data=Count("index", filter=is_data, distinct=True),
            copies=Count("pk", filter=is_data),
            parity=Count("pk", filter=is_parity),
            owners=Count("account__owner_key", filter=is_data | is_parity, distinct=True),
        )
        .annotate(there=Case(When(need=1, then=F("copies")), default=F("data") + F("parity")))
    )


def standings(files: list[StoredFile]) -> dict[int, Standing]:
    """By file; a file that is not stored has none. One query."""
    pks = [file.pk for file in files if file.state == StoredFile.State.STORED]
    found: dict[int, Standing] = {}
    for row in stripes(StoredFile.objects.filter(pk__in=pks)) if pks else ():
        standing = _standing(row)
        known = found.get(row["file_id"])
        if known is None or standing.spare < known.spare:
            found[row["file_id"]] = standing
    return found


def _standing(row: dict[str, Any]) -> Standing:
    if row["need"] == 1:
        return Standing(min(1, row["copies"]), max(0, row["copies"] - 1), 1, row["p"])
    return Standing(row["data"], row["parity"], row["need"], row["p"])


def weak(spare: int) -> QuerySet[StoredFile]:
    """Stored files whose weakest stripe has so many spare objects or fewer: 0 = at risk, −1 = cannot be read."""
    few = stripes().filter(there__lte=F("need") + Value(spare))  # type: ignore[misc]  # annotated above
    return StoredFile.objects.filter(pk__in=few.values("file_id"))


def summary(drives: Iterable[DriveAccount], *, ended_at: datetime | None, run: VerifyRun | None) -> Summary:
    """The figures of all stored files, kept for a minute unless a Drive changed, a job or a run ended, damage was seen.

    `ended_at` is when the last job ended, `run` the newest verification.
    """
    damaged = Chunk.objects.filter(state__in=(Chunk.State.MISSING, Chunk.State.CORRUPT)).count()
    states = [(drive.pk, drive.state) for drive in drives]
    marks = (states, ended_at, run and (run.pk, run.finished_at), damaged)
    key = "dfs-summary:" + hashlib.sha256(repr(marks).encode()).hexdigest()
    kept: Summary | None = cache.get(key)
    if kept is None:
        kept = count()
        cache.set(key, kept, SUMMARY_KEPT_S)
    return kept


def count() -> Summary:
    """The figures of all stored files, counted now."""
    # Equal pieces of one stripe count once, and so does an owner who holds several of its pieces.
    doubled = Case(When(need=1, then=Value(0)), default=F("copies") - F("data"))
    counted = (
        stripes()
        .annotate(margin=F("owners") - F("need") - doubled)
        .aggregate(
            files=Count("file_id", distinct=True),
            short=Count("file_id", distinct=True, filter=Q(there__lt=F("need") + F("p"))),
            at_risk=Count("file_id", distinct=True, filter=Q(there__lte=F("need"))),
            lost=Count("file_id", distinct=True, filter=Q(there__lt=F("need"))),
            least=Min("margin"),
        )
    )
    return Summary(counted["files"], counted["short"], counted["at_risk"], counted["lost"], counted["least"])
