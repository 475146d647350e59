"""How well the store is kept, in figures, and what must be kept outside of it: `dfs status`, `dfs recovery-kit`."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from accounts.keys import verify_master_keys
from coaching.lib.sealing import ring
from dfs import deposits, manifests, snapshots
from dfs.models import DriveAccount, StoredFile, VerifyRun


def in_figures() -> dict[str, Any]:
    """When the store was last compared, when the file proved longest ago was, and what lags behind."""
    stored = StoredFile.objects.filter(state=StoredFile.State.STORED)
    ended = VerifyRun.objects.filter(state=VerifyRun.State.COMPLETE)
    compared = ended.filter(kind__in=(VerifyRun.Kind.VERIFY, VerifyRun.Kind.SAMPLE)).first()
    opened = ended.filter(kind=VerifyRun.Kind.SAMPLE).first()
    last = snapshots.newest()
    return {
        "compared_at": _text(compared.finished_at if compared else None),
        "sampled_at": _text(opened.finished_at if opened else None),
        "oldest_verified_at": _text(stored.aggregate(oldest=Min("verified_at"))["oldest"]),
        "manifests_due": manifests.due().count(),
        "describing_drives": deposits.roomy_owners(),
        "snapshot_at": _text(last.made_at if last else None),
        "snapshot_age_hours": round((timezone.now() - last.made_at).total_seconds() / 3600, 1) if last else None,
        "snapshot_files": last.files if last else 0,
    }


def lines(told: dict[str, Any]) -> list[str]:
    """The same for a person at a prompt."""
    snapshot = f"{told['snapshot_age_hours']} h old, {told['snapshot_files']} files" if told["snapshot_at"] else "none"
    said = [
        f"snapshot: {snapshot}; manifests to write: {told['manifests_due']}",
        f"last compared: {told['compared_at'] or 'never'}; last sample opened: {told['sampled_at'] or 'never'}; "
        f"proved longest ago: {told['oldest_verified_at'] or 'nothing'}",
    ]
    if told["describing_drives"] == 1:
        said.append("Only one Drive takes manifests and snapshots now: each lies there once. Lend another Drive.")
    return said


# --- The recovery kit -------------------------------------------------------------------------------------------------

STEPS = (
    "Set up ClassCrew with the master keys and, for Google Drives, the same OAuth client: another client sees nothing.",
    "Folders: dfs add-local NAME --folder PATH --adopt. Google Drives: their owners link them again on My Drives.",
    "Look at what would come back: dfs recover",
    "Bring it back: dfs recover --apply, then dfs verify --deep",
    "People, batches and fees come from the backup of the database; restore it first when there is one.",
)


def kit(*, with_keys: bool) -> dict[str, Any]:
    """What must lie outside this machine and the Drives. Keys and the client's secret only when asked for by name.

    Raises: ImproperlyConfigured when the keys are not those the files need.
    """
    verify_master_keys()
    keys, figures = ring(), in_figures()
    told: dict[str, Any] = {
        "made_at": timezone.now().isoformat(),
        "master_keys": [{"kid": kid, "check_value": keys.check_value(kid)} for kid in keys.kids()],
        "google_client_id": settings.GOOGLE_CLIENT_ID,
        "drives": [
            {
                "label": one.label,
                "kind": one.kind,
                "uuid": str(one.uuid),
                "owner_key": one.owner_key,
                "state": one.state,
            }
            for one in DriveAccount.objects.all()
        ],
        "files": StoredFile.objects.filter(state=StoredFile.State.STORED).count(),
        "snapshot_at": figures["snapshot_at"],
        "manifests_due": figures["manifests_due"],
        "steps": list(STEPS),
    }
    if with_keys:
        told["secrets"] = {
            "CLASSCREW_MASTER_KEYS": settings.MASTER_KEYS,
            "GOOGLE_CLIENT_SECRET": settings.GOOGLE_CLIENT_SECRET,
        }
    return told


def kit_lines(told: dict[str, Any]) -> list[str]:
    """The kit as text to print and lock away."""
    said = ["ClassCrew recovery kit, made " + told["made_at"], "", "Master keys (keep the keys themselves elsewhere):"]
    said += [f"  {key['kid']}  check value {key['check_value']}" for key in told["master_keys"]]
    said += ["", f"OAuth client of the Google Drives: {told['google_client_id'] or 'none'}", "", "Drives:"]
    said += [f"  {one['label']}  {one['kind']}  {one['owner_key']}  {one['uuid']}" for one in told["drives"]]
    said += ["", f"{told['files']} files; last snapshot {told['snapshot_at'] or 'none'}; "
             f"{told['manifests_due']} manifests to write", "", "To bring the files back:"]  # fmt: skip
    said += [f"  {number}. {step}" for number, step in enumerate(told["steps"], 1)]
    if "secrets" in told:
        said += ["", "SECRET. Whoever reads these lines and a Drive reads the files:"]
        said += [f"  {name}={value}" for name, value in told["secrets"].items() if value]
    return said


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
