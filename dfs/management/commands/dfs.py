"""`manage.py dfs …`: the file store from the command line, with or without workers.

Exit status: 0 all is well, 1 it found something wrong, 2 it could not run (one line on standard error says why).
"""

import argparse
import json
import mimetypes
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from accounts.keys import verify_master_keys
from accounts.zones import InstituteCommand
from coaching.lib.errors import DomainError
from coaching.lib.sealing import SealBroken
from coaching.templatetags.figures import size
from dfs import adoption, care, erasure, jobs, manifests, operator, pool, spool, store
from dfs.management.care import NAMED, Answer, CareVerbs, Verb, add_care_verbs
from dfs.models import Job, StoredFile
from dfs.reassembly import FileDamaged


class Command(CareVerbs, InstituteCommand):
    """One method per verb; each gives its answer, and `handle` alone prints and decides the exit status."""

    help = "The file store: files (put, get, ls, rm, status), Drives (accounts, add-local, …), care (verify, whatif)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

        def verb(name: str, help: str) -> argparse.ArgumentParser:
            added: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help)
            added.add_argument("--json", action="store_true", help="print JSON")
            return added

        _add_file_verbs(verb)
        _add_pool_verbs(verb)
        add_care_verbs(verb)

    def handle(self, **options: Any) -> None:
        run: Callable[..., Answer] = getattr(self, f"_{options['verb'].replace('-', '_')}")
        try:
            verify_master_keys()
            with operator.quiet_wakes():
                told, lines, is_well = run(**options)
        except FileDamaged as error:
            raise CommandError(error.message) from error
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=2) from error
        except SealBroken as error:
            raise CommandError(f"The file's key does not open: {error}", returncode=2) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        if options["json"] and told:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        elif options["json"]:
            self.stdout.write(json.dumps(told))
        elif lines:
            self.stdout.write("\n".join(lines))
        if not is_well:
            raise SystemExit(1)

    # --- Files ---

    def _put(self, *, path: str, name: str, owner: str, purpose: str, wait: bool, **_: Any) -> Answer:
        person = operator.person_named(owner)
        called = name or (Path(path).name if path != "-" else "stdin")
        kind = mimetypes.guess_type(called)[0] or ""
        with _opened(path) as stream:
            file = store.put(stream, name=called, purpose=purpose, owner=person, content_type=kind)
        job = file.jobs.get(kind=Job.Kind.DISTRIBUTE)
        if wait:
            job = operator.finish(job)
            manifests.write(file.pk)
            file.refresh_from_db()
        told = {
            "uuid": str(file.uuid),
            "name": file.name,
            "size_bytes": file.size_bytes,
            "state": job.state,
            "reason": job.reason,
            "objects": file.chunks.content().live().count(),
            "policy": f"{file.k}+{file.p}" if file.k else "",
        }
        said = job.reason or str(job.get_state_display())
        is_well = not wait or job.state == Job.State.COMPLETE
        return told, [f"{said}: {file.name}, {size(file.size_bytes)}", str(file.uuid)], is_well

    def _get(self, *, key: str, output: str, **_: Any) -> Answer:
        file = operator.find_file(key)
        if file.state == StoredFile.State.ERASED:
            raise FileDamaged("This file was erased and cannot be read any more.")
        if output == "-":
            for block in _content(file):
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
            return {}, [], True
        path = Path(output)
        if path.is_dir():
            path /= file.name
        _write_beside(path, file)
        told = {"uuid": str(file.uuid), "name": file.name, "size_bytes": file.size_bytes, "path": str(path)}
        return told, [f"{path}, {size(file.size_bytes)}"], True

    def _ls(self, *, purpose: str, **_: Any) -> Answer:
        told = list(operator.files_in_figures(purpose))
        return told, [_file_line(figures) for figures in told] or ["There are no files."], True

    def _rm(self, *, key: str, now: bool, **_: Any) -> Answer:
        file = operator.find_file(key)
        if not now:
            store.trash(file, actor=None)
            until = file.purge_at.isoformat() if file.purge_at else None
            told = {"uuid": str(file.uuid), "state": "TRASHED" if until else file.state, "until": until}
            return told, [f"In the trash until {until}: {file.name}" if until else f"Erased: {file.name}"], True
        store.erase(file, actor=None)
        job = file.jobs.filter(kind=Job.Kind.ERASE).first()
        job = operator.finish(job) if job else None
        left = file.chunks.count()
        said = f"Erased: {file.name}" + (f" ({job.reason})" if job and job.reason else "")
        return {"uuid": str(file.uuid), "state": file.state, "objects": left}, [said], True

    def _status(self, *, key: str | None, **_: Any) -> Answer:
        return _status_of_file(key) if key else _status_of_store()

    # --- The pool ---

    def _accounts(self, **_: Any) -> Answer:
        told = operator.accounts_in_figures()
        return told, [_account_line(figures) for figures in told] or ["No Drive is lent yet: dfs add-local NAME"], True

    def _add_local(self, *, name: str, cap_bytes: int, owner: str, folder: Path | None, **more: Any) -> Answer:
        add = adoption.adopt_local if more["adopt"] else pool.add_local
        account = add(name, cap_bytes=cap_bytes, owner=operator.person_named(owner), folder=folder)
        told = {"uuid": str(account.uuid), "label": account.label, "location": account.location, "state": account.state}
        return told, [f"Lent {size(account.cap_bytes)} in {account.location}"], True

    def _add_google(self, *, email: str, refresh_token_file: Path, cap_bytes: int, owner: str, **_: Any) -> Answer:
        token = refresh_token_file.read_text(encoding="utf-8").strip()
        account = pool.add_google(email, token, cap_bytes=cap_bytes, owner=operator.person_named(owner))
        told = {"uuid": str(account.uuid), "label": account.label, "state": account.state}
        return told, [f"Lent {size(cap_bytes)} of {account.label}'s Google Drive"], True

    def _pause(self, *, account: str, **_: Any) -> Answer:
        drive = operator.find_account(account)
        pool.pause(drive, actor=None)
        return _drive_answer(drive.label, drive.state)

    def _resume(self, *, account: str, **_: Any) -> Answer:
        drive = operator.find_account(account)
        pool.resume(drive, actor=None)
        told, lines, _is_well = _drive_answer(drive.label, drive.state)
        return told, [*lines, drive.state_reason] if drive.state_reason else lines, not drive.state_reason

    def _drain(self, *, account: str, wait: bool, **_: Any) -> Answer:
        drive = operator.find_account(account)
        moving = pool.drain(drive, actor=None)
        ended = [operator.finish(job) for job in moving] if wait else moving
        if wait:
            manifests.tend()
        told = {"label": drive.label, "state": drive.state, "jobs": [operator.job_in_figures(job) for job in ended]}
        is_well = not wait or all(job.state == Job.State.COMPLETE for job in ended)
        return told, [f"{drive.label}: {drive.state}, {len(moving)} files move elsewhere"], is_well

    def _forget(self, *, account: str, **_: Any) -> Answer:
        drive = operator.find_account(account)
        label = drive.label
        pool.forget(drive, actor=None)
        return _drive_answer(label, "FORGOTTEN")

    def _whatif(self, *, accounts: list[str], **_: Any) -> Answer:
        answer = pool.what_if([operator.find_account(name) for name in accounts])
        groups = {"lost": answer.lost, "without_spare": answer.without_spare, "degraded": answer.degraded}
        told: dict[str, Any] = {"files": answer.files}
        told |= {word: [_named(file) for file in files] for word, files in groups.items()}
        lines = [f"{answer.files} files: {len(answer.lost)} lost, {len(answer.without_spare)} without a spare, "
                 f"{len(answer.degraded)} degraded"]  # fmt: skip
        lines += [f"lost  {file.uuid}  {file.name}" for file in answer.lost[:NAMED]]
        return told, lines, not answer.lost


# --- Arguments --------------------------------------------------------------------------------------------------------


def _add_file_verbs(verb: Verb) -> None:
    put = verb("put", "Store a file; its uuid is the last word printed.")
    put.add_argument("path", metavar="PATH", help="the file, - for standard input")
    put.add_argument("--name", default="", help="what it is called in the store")
    put.add_argument("--owner", default="", help="whose it is: an e-mail address or admission number")
    put.add_argument("--purpose", default=StoredFile.CONSOLE, choices=[StoredFile.CONSOLE, StoredFile.MINE])
    put.add_argument("--wait", action="store_true", help="until it is stored; done here when no worker runs")
    get = verb("get", "Read a file back.")
    get.add_argument("key", metavar="UUID")
    get.add_argument("-o", "--output", required=True, metavar="PATH", help="where to, - for standard output")
    listing = verb("ls", "The files, newest first.")
    listing.add_argument("--purpose", default="", help="only of this area")
    remove = verb("rm", "Put a file in the trash for seven days.")
    remove.add_argument("key", metavar="UUID")
    remove.add_argument("--now", action="store_true", help="destroy its key and its pieces at once, for good")
    status = verb("status", "How a file stands with its jobs, or the whole store.")
    status.add_argument("key", metavar="UUID", nargs="?")


def _add_pool_verbs(verb: Verb) -> None:
    verb("accounts", "The Drives of the pool.")
    add = verb("add-local", "Lend a folder on this machine as one owner's Drive.")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--bytes", dest="cap_bytes", type=_size, default=pool.DEFAULT_CAP_BYTES, help="like 10G or 500M")
    add.add_argument("--owner", default="", help="whose it is: an e-mail address or admission number")
    add.add_argument("--folder", type=Path, help="where it lies; a folder of DATA_DIR unless given")
    add.add_argument("--adopt", action="store_true", help="it was a Drive before; take it with what lies in it")
    google = verb("add-google", "Lend a Google Drive by its owner's offline sign-in.")
    google.add_argument("email", metavar="EMAIL")
    google.add_argument("--refresh-token-file", type=Path, required=True, help="a file that holds it and nothing else")
    google.add_argument(
        "--bytes", dest="cap_bytes", type=_size, default=pool.DEFAULT_CAP_BYTES, help="like 10G or 500M"
    )
    google.add_argument("--owner", default="", help="whose it is: an e-mail address or admission number")
    for name, words in (
        ("pause", "Put nothing new on a Drive."),
        ("resume", "Use a Drive again."),
        ("drain", "Move everything off a Drive."),
        ("forget", "Take a lost or empty Drive off the list."),
    ):
        change = verb(name, words)
        change.add_argument("account", metavar="ACCOUNT", help="its label or uuid")
        if name == "drain":
            change.add_argument("--wait", action="store_true", help="until it is empty; done here when no worker runs")
    what_if = verb("whatif", "Which files would be lost or degraded without these Drives; 1 when any would be lost.")
    what_if.add_argument("accounts", metavar="ACCOUNT", nargs="+")


def _size(text: str) -> int:
    try:
        return operator.parse_bytes(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


# --- Bytes in and out -------------------------------------------------------------------------------------------------


def _opened(path: str) -> BinaryIO:
    return sys.stdin.buffer if path == "-" else Path(path).open("rb")


def _content(file: StoredFile) -> Iterator[bytes]:
    """From the Drives, or from the spool while it is being stored."""
    if file.state == StoredFile.State.STAGED:
        jobs.ensure_staged(file)
        return _spooled(file)
    return store.read(file)


def _spooled(file: StoredFile) -> Iterator[bytes]:
    with spool.staged_path(file.uuid).open("rb") as stream:
        while block := stream.read(spool.BLOCK_BYTES):
            yield block


def _write_beside(path: Path, file: StoredFile) -> None:
    """The whole file or nothing: a draft next to the place, renamed when it is complete."""
    draft = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with draft.open("xb") as target:
            for block in _content(file):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


# --- Answers ----------------------------------------------------------------------------------------------------------


def _status_of_file(key: str) -> Answer:
    file = operator.find_file(key)
    told = next(operator.files_in_figures(key=file.uuid))
    rows = list(file.jobs.all()[:10])
    told["jobs"] = [operator.job_in_figures(job) for job in rows]
    told["verified_at"] = file.verified_at.isoformat() if file.verified_at else None
    told["manifests"] = file.chunks.manifests().live().count()
    told["erasure"] = erasure.report(file)
    lines = [_file_line(told)]
    if told["erasure"]:
        lines += erasure.lines(told["erasure"])
    elif told["verified_at"]:
        lines.append(f"proved {told['verified_at']}, {told['manifests']} manifests")
    for job in rows:
        lines.append(f"{job.get_kind_display()}: {job.get_state_display()} {job.percent} % {job.reason}".rstrip())
    for line in list(rows[0].lines.order_by("-pk")[:NAMED])[::-1] if rows else []:
        lines.append(f"{timezone.localtime(line.at):%H:%M:%S}  {line.verb:<7} {line.drive:<16} {line.text}")
    is_lost = told["spare"] is not None and told["spare"] < 0
    return told, lines, not is_lost and told["state"] != Job.State.FAILED


def _status_of_store() -> Answer:
    told = operator.store_in_figures() | {"care": care.in_figures()}
    waiting = {word: count for word, count in told["jobs"].items() if count}
    lines = [
        f"{told['files']} files, {told['files_short']} short of pieces, {told['files_at_risk']} at risk, "
        f"{told['files_lost']} lost",
        f"{told['drives']} Drives, {size(told['used_bytes'])} of {size(told['cap_bytes'])} used",
        "jobs: " + (", ".join(f"{count} {word}" for word, count in waiting.items()) or "none"),
        "worker: " + ("heard of" if told["worker_heard"] else "not heard of"),
    ]
    lines += [*care.lines(told["care"]), *(f"not answering: {label}" for label in told["drives_silent"])]
    is_well = not (told["drives_silent"] or told["files_short"] or told["jobs"][Job.State.FAILED])
    return told, lines, is_well


def _file_line(told: dict[str, Any]) -> str:
    state = "TRASHED" if told["trashed"] else told["state"]
    spare = "" if told["spare"] is None else f"spare {told['spare']}" + (", reduced" if told["reduced"] else "")
    reason = f"  ({told['reason']})" if told["reason"] else ""
    figures = f"{told['policy']:<4} {size(told['size_bytes']):>10}  {spare:<17}"
    return f"{told['uuid']}  {state:<9} {figures} {told['name']}{reason}"


def _account_line(told: dict[str, Any]) -> str:
    room = f"{size(told['used_bytes'])} of {size(told['cap_bytes'])}"
    tail = f"{told['reason'] or told['owner']}  {told['hint']}"
    figures = f"{room:<22} {told['objects']:>7} pieces"
    return f"{told['label']:<20} {told['state']:<12} {figures}  {told['uuid']}  {tail}".rstrip()


def _drive_answer(label: str, state: str) -> Answer:
    return {"label": label, "state": state}, [f"{label}: {state}"], True


def _named(file: StoredFile) -> dict[str, str]:
    return {"uuid": str(file.uuid), "name": file.name}
