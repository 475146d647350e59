"""The verbs of `manage.py dfs` that keep the store whole: verify, gc, recover, recovery-kit."""

import argparse
from collections.abc import Callable
from typing import Any

from coaching.templatetags.figures import size
from dfs import care, manifests, operator, orphans, recovery, repair, verification
from dfs.models import Job
from dfs.recovery import Restored, Survey

NAMED = 20
Answer = tuple[dict[str, Any] | list[dict[str, Any]], list[str], bool]
"""What is told as JSON, the lines told otherwise, and whether all is well."""
Verb = Callable[[str, str], argparse.ArgumentParser]


def add_care_verbs(verb: Verb) -> None:
    """Their arguments."""
    verify = verb("verify", "Compare the registry with the Drives; 1 when something is missing or damaged.")
    verify.add_argument("--deep", action="store_true", help="also open every piece")
    verify.add_argument("--repair", action="store_true", help="heal what was found, here, and look again")
    sweep = verb("gc", "Find pieces on the Drives that nothing explains; they go only with --apply.")
    sweep.add_argument(
        "--apply", action="store_true", help="remove those that were seen before and are older than a day"
    )
    sweep.add_argument("--confirm", dest="counted", type=int, metavar="COUNT", help="when they are many: how many")
    recover = verb("recover", "Rebuild the registry from the Drives; only looks unless --apply is given.")
    recover.add_argument("--apply", action="store_true", help="add what was found, never changing what is known")
    kit = verb("recovery-kit", "What must be kept outside to get everything back.")
    kit.add_argument("--with-keys", action="store_true", help="print the keys and secrets themselves, too")


class CareVerbs:
    """Part of the dfs command."""

    def _verify(self, *, deep: bool, repair: bool, **_: Any) -> Answer:
        found = _verified(deep)
        healed = _heal() if repair else []
        written = manifests.tend() if repair else 0
        if not healed and not written:
            return found | {"repaired": []}, _findings_lines(found), bool(found["is_clean"])
        after = _verified(deep)
        is_well = bool(after["is_clean"]) and all(job.state == Job.State.COMPLETE for job in healed)
        told = {"before": found, "repaired": [operator.job_in_figures(job) for job in healed], **after}
        return told, [*_findings_lines(found), *_heal_lines(healed), *_findings_lines(after)], is_well

    def _gc(self, *, apply: bool, counted: int | None, **_: Any) -> Answer:
        look = orphans.look()
        removed = orphans.remove(look, counted=counted) if apply else 0
        told: dict[str, Any] = {
            "objects": look.objects,
            "orphans": len(look.orphans),
            "orphan_bytes": sum(orphan.size_bytes for orphan in look.orphans),
            "ready": len(look.ready),
            "limit": look.limit,
            "in_use": look.in_use,
            "unknown_files": sorted(str(key) for key in look.unknown),
            "removed": removed,
        }
        lines = [
            f"{told['objects']} objects on the Drives, {told['orphans']} of them orphans "
            f"({size(told['orphan_bytes'])}), {told['ready']} of these seen before and older than a day."
        ]
        if apply:
            lines.append(f"{removed} removed.")
        elif look.ready:
            lines.append("Nothing was removed; dfs gc --apply does it.")
        if look.unknown:
            lines.append(f"{len(look.unknown)} files on the Drives are not in the registry, and stay: see dfs recover.")
        return told, lines, not look.unknown and (not look.ready or bool(removed))

    def _recover(self, *, apply: bool, **_: Any) -> Answer:
        survey = recovery.look()
        done = recovery.restore(survey) if apply else None
        told = _survey_in_figures(survey)
        lines = _survey_lines(survey)
        if done is None:
            if survey.files:
                lines.append("Nothing was changed; dfs recover --apply does it.")
            return told, lines, survey.is_complete
        found = _verified(False)
        told |= {"restored": done.files, "completed": done.completed, "ownerless": done.ownerless, "verify": found}
        return (
            told,
            [*lines, *_restored_lines(done), *_findings_lines(found)],
            survey.is_complete and found["lost"] == 0,
        )

    def _recovery_kit(self, *, with_keys: bool, **_: Any) -> Answer:
        told = care.kit(with_keys=with_keys)
        return told, care.kit_lines(told), True


# --- Recovering -------------------------------------------------------------------------------------------------------


def _survey_in_figures(survey: Survey) -> dict[str, Any]:
    return {
        "drives": survey.drives,
        "drives_silent": survey.silent,
        "drives_not_added": survey.away,
        "objects": survey.objects,
        "snapshots": [picture.made_at.isoformat() for picture in survey.pictures],
        "manifests_opened": survey.manifests,
        "not_opened": survey.unopened,
        "files_known": survey.known,
        "files_erased": survey.erased,
        "files": [
            {
                "uuid": str(file.description.uuid),
                "name": file.description.name,
                "size_bytes": file.description.size_bytes,
                "spare": file.spare,
                "is_new": file.is_new,
            }
            for file in survey.files
        ],
        "files_without_objects": [str(told.uuid) for told in survey.absent],
        "files_without_key": [str(told.uuid) for told in survey.keyless],
        "traces": [
            {"uuid": str(key), "size_bytes": trace.size_bytes, "objects": trace.objects}
            for key, trace in survey.traces.items()
        ],
    }


def _survey_lines(survey: Survey) -> list[str]:
    unreadable = [file for file in survey.files if file.spare < 0]
    lines = [
        f"{survey.objects} objects on {len(survey.drives)} Drives; {len(survey.pictures)} snapshots and "
        f"{survey.manifests} newer manifests opened, {survey.unopened} did not open.",
        f"{len(survey.files)} files to bring back, {len(unreadable)} of them not readable yet; "
        f"{survey.known} are known already, {survey.erased} were erased and stay so.",
    ]
    lines += [f"  {file.description.uuid}  {file.description.name}" for file in survey.files[:NAMED]]
    lines += [f"not answering: {label}" for label in survey.silent]
    lines += [f"not added yet: {label}" for label in survey.away]
    for count, words in (
        (len(survey.absent), "files are described, but none of their pieces is on these Drives"),
        (len(survey.keyless), "files are described, but their key does not open with these master keys"),
        (len(survey.traces), "files are there of which only size and pieces can be told: nothing that describes them"),
    ):
        if count:
            lines.append(f"{count} {words}.")
    return lines


def _restored_lines(done: Restored) -> list[str]:
    lines = [f"{done.files} files restored, {done.completed} completed, {done.objects} pieces taken into the registry."]
    if done.ownerless:
        lines.append(
            f"{done.ownerless} of them belonged to people who are not here; restore the database's backup too."
        )
    return lines


# --- Verifying --------------------------------------------------------------------------------------------------------


def _verified(deep: bool) -> dict[str, Any]:
    return verification.in_figures(repair.verify(deep=deep))


def _heal() -> list[Job]:
    return [operator.finish(job) for job in repair.queue_healing()]


def _findings_lines(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['objects']} objects compared: {found['missing']} missing, {found['corrupt']} damaged. "
        f"Files: {found['degraded']} short of pieces, {found['lost']} lost, {found['reduced']} reduced."
    ]
    lines += [f"not answering: {label}" for label in found["silent_drives"]]
    return lines + [f"lost: {name}" for name in found["lost_names"]]


def _heal_lines(healed: list[Job]) -> list[str]:
    well = sum(job.state == Job.State.COMPLETE for job in healed)
    stuck = [
        f"{job.file}: {job.get_state_display()}. {job.reason}" for job in healed if job.state != Job.State.COMPLETE
    ]
    return [f"{well} of {len(healed)} files healed.", *stuck]
