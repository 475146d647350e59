"""The bytes half of Drive: media, multipart and resumable uploads, and downloads.

Resumable protocol: guide "Upload file data" and the store's reference. The session URI is the authorisation (a request
without a token is served; one with a stale token is refused), lives a week, and answers 404 afterwards. Bytes that do
not finish the file are kept in multiples of 256 KiB; a 308 says how many by `Range: bytes=0-N`, no Range means none.
"""

import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.emulators.google.accounts import StoredFile
from tests.emulators.google.answers import RESUME_INCOMPLETE, Answer, Refusal, drive_error, refuse
from tests.emulators.google.calls import Bearer, Call, json_object
from tests.emulators.google.clock import DAY_S, SimulatedClock
from tests.emulators.google.faults import Drop, EndSession, Flip, IgnoreRange, Keep, Mangle, Replace, Truncate
from tests.emulators.google.files import Files

SESSION_S = 7 * DAY_S
GRANULE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)$")


@dataclass
class Session:
    """An upload under way. `file_id` names the file whose bytes are replaced, or is empty for a new one."""

    bearer: Bearer
    metadata: dict[str, Any]
    mime_type: str
    file_id: str
    declared_bytes: int | None
    opened_at: float
    query: dict[str, str]
    received: bytearray = field(default_factory=bytearray)
    made: StoredFile | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Uploads:
    """Sessions under way and what they become."""

    def __init__(self, files: Files, clock: SimulatedClock) -> None:
        self._files = files
        self._clock = clock
        self._lock = threading.Lock()
        self.sessions: dict[str, Session] = {}  # by upload_id

    # one request

    def media(self, call: Call, file_id: str) -> Answer:
        """uploadType=media: nothing but bytes."""
        return self._finish(call, call.whom(), {}, arrived(call, call.body), call.header("content-type"), file_id)

    def multipart(self, call: Call, file_id: str) -> Answer:
        """uploadType=multipart: metadata and bytes in one multipart/related body."""
        metadata, mime_type, content = related_parts(call.header("content-type"), call.body)
        return self._finish(call, call.whom(), metadata, arrived(call, content), mime_type, file_id)

    def _finish(
        self, call: Call, bearer: Bearer, metadata: dict[str, Any], content: bytes, mime_type: str, file_id: str
    ) -> Answer:
        if file_id:
            file = self._files.find(bearer, file_id)
            self._files.replace(call, bearer, file, metadata, content)
        else:
            file = self._files.make(call, bearer, metadata, content, mime_type)
        return self._files.answer(call, file)

    # resumable

    def open(self, call: Call, file_id: str) -> Answer:
        """uploadType=resumable: everything that can be checked without the bytes is checked now."""
        bearer = call.whom()
        metadata = call.document()
        length = call.header("x-upload-content-length")
        declared = int(length) if length.isdigit() else None
        if file_id:
            self._files.find(bearer, file_id)
            self._files.check_room(bearer.account, declared or 0)
        else:
            self._files.check_new(bearer, metadata, declared or 0)
        kept = {name: call.value(name) for name in call.names() if name not in ("upload_id", "access_token", "key")}
        mime_type = call.header("x-upload-content-type")
        session = Session(bearer, metadata, mime_type, file_id, declared, self._clock.now(), kept)
        upload_id = self._register(session)
        return Answer(200, b"", {"Location": self._uri(call, session, upload_id), "X-GUploader-UploadID": upload_id})

    def _register(self, session: Session) -> str:
        upload_id = "ADPycd" + secrets.token_urlsafe(80)
        with self._lock:
            self.sessions[upload_id] = session
        return upload_id

    def _uri(self, call: Call, session: Session, upload_id: str) -> str:
        path = "/upload/drive/v3/files" + (f"/{session.file_id}" if session.file_id else "")
        return f"{call.origin}{path}?{urlencode({**session.query, 'upload_id': upload_id})}"

    def session_of(self, call: Call) -> Session:
        """Raises: Refusal (404) for a session unknown or older than a week, (401) for a stale token."""
        upload_id = call.value("upload_id")
        session = self.sessions.get(upload_id)
        if session is None or self._clock.now() > session.opened_at + SESSION_S:
            raise refuse("notFound")
        if call.header("authorization") and (call.bearer is None or call.bearer.account is not session.bearer.account):
            raise refuse("authError")
        end = call.verdict.find(EndSession)
        if end is not None:
            with self._lock:
                del self.sessions[upload_id]
            raise refuse("uploadSessionGone" if end.status == 410 else "notFound")
        return session

    def owner_of(self, call: Call) -> str:
        """Whose session a request without a token belongs to; empty when it is none."""
        session = self.sessions.get(call.value("upload_id"))
        return session.bearer.account.email if session else ""

    def put(self, call: Call) -> Answer:
        """Bytes for a session, or the question how many it has."""
        session = self.session_of(call)
        with session.lock:
            if session.made is not None:
                return self._told(call, session, session.made)
            start, total = self._announced(call, session)
            keep = call.verdict.find(Keep)
            body = call.body if keep is None else call.body[: keep.bytes_kept]
            if start == 0 and total == len(body) and not session.received:
                return self._complete(call, session, body)  # the usual case, without copying it
            if start is not None:
                self._append(session, start, body, total, is_short=keep is not None)
            if total is not None and len(session.received) == total:
                return self._complete(call, session, bytes(session.received))
            return self._incomplete(call, session, moved=keep is not None and keep.moved)

    def _announced(self, call: Call, session: Session) -> tuple[int | None, int | None]:
        """The offset of what comes (None: nothing, it is a question) and the whole length (None: not known yet)."""
        text = call.header("content-range")
        if not text:
            return 0, self._agreed(session, len(call.body))
        found = _CONTENT_RANGE.match(text)
        if found is None:
            raise refuse("badRequest", message="Failed to parse Content-Range header.")
        first, last, total = found.groups()
        whole = None if total == "*" else self._agreed(session, int(total))
        if first is None:
            if call.body:
                raise refuse("badRequest", message="Failed to parse Content-Range header.")
            return None, whole
        if int(last) - int(first) + 1 != len(call.body):
            raise refuse("badRequest", message="The Content-Range header does not match the length of the content.")
        return int(first), whole

    def _agreed(self, session: Session, total: int) -> int:
        if session.declared_bytes is not None and session.declared_bytes != total:
            raise refuse("badRequest", message="The total size differs from X-Upload-Content-Length.")
        return total

    def _append(self, session: Session, start: int, body: bytes, total: int | None, *, is_short: bool) -> None:
        have = len(session.received)
        if start > have:
            said = f"Invalid request.  According to the Content-Range header, the upload offset is {start} byte(s), "
            raise refuse("badRequest", message=f"{said}which exceeds already uploaded size of {have} byte(s).")
        session.received += memoryview(body)[have - start :] if start < have else body
        if total is not None and len(session.received) > total:
            del session.received[have:]
            raise refuse("badRequest", message="More bytes were sent than announced.")
        if not is_short and len(session.received) != total:
            self._keep_granules(session, have)

    def _keep_granules(self, session: Session, at_least: int) -> None:
        """Drop what is over a multiple of 256 KiB, but nothing that was acknowledged before."""
        del session.received[max(at_least, len(session.received) // GRANULE_BYTES * GRANULE_BYTES) :]

    def keep_part(self, call: Call) -> None:
        """What arrived of a PUT before its connection broke: whole granules of it stay."""
        try:
            session = self.session_of(call)
        except Refusal:
            return
        found = _CONTENT_RANGE.match(call.header("content-range"))
        start = int(found[1]) if found and found[1] else 0
        with session.lock:
            have = len(session.received)
            if session.made is None and start <= have:
                session.received += call.body[have - start :]
                self._keep_granules(session, have)

    def _complete(self, call: Call, session: Session, received: bytes) -> Answer:
        content = arrived(call, received)
        metadata, bearer = session.metadata, session.bearer
        if session.file_id:
            file = self._files.find(bearer, session.file_id)
            self._files.replace(call, bearer, file, metadata, content)
        else:
            file = self._files.make(call, bearer, metadata, content, session.mime_type)
        session.made = file
        session.received = bytearray()
        return self._told(call, session, file)

    def _told(self, call: Call, session: Session, file: StoredFile) -> Answer:
        """The final answer; its `fields` are those the session was opened with."""
        query = urlencode({"fields": session.query.get("fields", "")})
        asked = Call(call.method, f"/?{query}", call.headers, call.origin, verdict=call.verdict)
        return self._files.answer(asked, file)

    def _incomplete(self, call: Call, session: Session, *, moved: bool) -> Answer:
        headers = {"Range": f"bytes=0-{len(session.received) - 1}"} if session.received else {}
        if moved:
            with self._lock:
                del self.sessions[call.value("upload_id")]
            headers["Location"] = self._uri(call, session, self._register(session))
        return Answer(RESUME_INCOMPLETE, b"", headers)

    # downloads

    def download(self, call: Call, file_id: str) -> Answer:
        """`alt=media`, whole or one range (206; 416 beyond the end)."""
        file = self._files.find(call.whom(), file_id)
        if file.is_folder:
            raise refuse("fileNotDownloadable")
        if file.abusive and call.value("acknowledgeAbuse") != "true":
            raise refuse("cannotDownloadAbusiveFile")
        content = file.content
        headers = {"Content-Type": file.mime_type, "Content-Disposition": "attachment", "Vary": "Origin, X-Origin"}
        span = None if call.verdict.find(IgnoreRange) else wanted(call.header("range"), len(content))
        answer = Answer(200, content, headers)
        if span is not None:
            headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{len(content)}"
            answer = Answer(206, memoryview(content)[span[0] : span[1]], headers)
        return spoiled(call, answer)


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """The half-open range a Range header asks for; None for all of it (RFC 9110, 14.2: what cannot be read is ignored).

    Raises: Refusal (416).
    """
    found = _RANGE.match(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        answer = drive_error("requestedRangeNotSatisfiable", message="Request range not satisfiable", status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
        raise Refusal(answer)
    return start, end


def spoiled(call: Call, answer: Answer) -> Answer:
    """What the faults make of a download."""
    replace, truncate = call.verdict.find(Replace), call.verdict.find(Truncate)
    if replace is not None:
        return Answer(200, replace.body, {"Content-Type": "text/html; charset=UTF-8"})
    if call.verdict.find(Flip) is not None and len(answer.body):
        other = bytearray(answer.body)
        other[len(other) // 2] ^= 1
        answer.body = bytes(other)
    if truncate is not None and truncate.silent:
        answer.body = answer.body[: truncate.body_bytes]
    elif truncate is not None:
        answer.cut_after = truncate.body_bytes
    drop = call.verdict.find_after(Drop)
    if drop is not None:
        answer.cut_after = drop.body_bytes or 0
    return answer


def arrived(call: Call, content: bytes) -> bytes:
    """The bytes as Drive got them: damaged when the plan says so."""
    mangle = call.verdict.find(Mangle)
    if mangle is None or not content:
        return content
    if mangle.cut_bytes:
        return content[: -mangle.cut_bytes]
    other = bytearray(content)
    other[len(other) // 3] ^= 1
    return bytes(other)


def related_parts(content_type: str, body: bytes) -> tuple[dict[str, Any], str, bytes]:
    """Metadata, media type and bytes of a multipart/related body (RFC 2387).

    Lines may end in CRLF or, as Python's own client writes them, in LF.
    Raises: Refusal (400) for anything else than two parts.
    """
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise refuse("badRequest", message="Missing multipart boundary.")
    delimiter = b"--" + found[1].encode()
    end_of_line = b"\r\n" if body.startswith(delimiter + b"\r\n") else b"\n"
    second = body.find(end_of_line + delimiter + end_of_line)
    last = body.rfind(end_of_line + delimiter + b"--")
    if not body.startswith(delimiter) or second < 0 or last <= second:
        raise refuse("badRequest", message="Malformed multipart body.")
    first_part = body[len(delimiter) + len(end_of_line) : second]
    second_part = memoryview(body)[second + 2 * len(end_of_line) + len(delimiter) : last]
    _, _, metadata = first_part.partition(end_of_line * 2)
    head_end = bytes(second_part[:4096]).find(end_of_line * 2)
    if head_end < 0:
        raise refuse("badRequest", message="Malformed multipart body.")
    kind = re.search(rb"(?im)^content-type:\s*(.+?)\s*$", bytes(second_part[:head_end]))
    return (
        json_object(metadata),
        kind[1].decode() if kind else "",
        bytes(second_part[head_end + 2 * len(end_of_line) :]),
    )
