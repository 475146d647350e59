"""Uploading one object through a resumable session: open, send all of it in one PUT, and when that is cut off ask how
much was kept and send the rest.

The session's address never leaves this module. It is not stored either: an object of 8 MiB is sent again sooner than
an address is looked after, and the object's own id, committed before, keeps a second try from making a second object.

Source: developers.google.com/workspace/drive/api/guides/manage-uploads#resumable.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from dfs.drives.backoff import Patience
from dfs.drives.google.body import Body
from dfs.drives.google.connection import Answer, Connection
from dfs.drives.google.errors import AGAIN, Means, Refusal, Reply, Where

FIELDS = "id,size,md5Checksum"
FRUITLESS = 5
"""So many answers that keep nothing more, and the session is given up."""
SESSIONS = 4


class Upload:
    """One object on its way. `slow_down` is called whenever Google asks for less."""

    def __init__(
        self,
        connection: Connection,
        metadata: dict[str, Any],
        body: Body,
        patience: Patience,
        slow_down: Callable[[], None],
    ) -> None:
        self._connection, self._metadata, self._body, self._patience = connection, metadata, body, patience
        self._slow_down = slow_down
        self._uri = ""
        self._kept = self._fruitless = self._sessions = 0
        self._is_known = True  # how much was kept; not so after a request without a proper answer

    def run(self) -> dict[str, Any]:
        """Google's last word on the object: its id, and size and md5 if it says them. Raises: Refusal."""
        while True:
            try:
                if not self._uri:
                    self._open()
                answer = self._send() if self._is_known else self._ask()
                if answer.status in (200, 201):
                    return answer.json()
                if answer.status != 308:
                    raise Refusal(Where.SESSION, answer.reply)
                self._note_kept(answer)
            except Refusal as refusal:
                self._recover(refusal)

    def _open(self) -> None:
        if self._sessions >= SESSIONS:
            raise Refusal(Where.CREATE, Reply(0), "Google keeps giving up upload sessions")
        url = self._connection.upload_url(FIELDS)
        answer = self._connection.send(
            Where.CREATE,
            "POST",
            url,
            data=json.dumps(self._metadata).encode(),
            Content_Type="application/json; charset=UTF-8",
            X_Upload_Content_Type="application/octet-stream",
            X_Upload_Content_Length=str(len(self._body)),
        )
        location = answer.header("location")
        if answer.status != 200 or not location:
            raise Refusal(Where.CREATE, answer.reply if answer.status != 200 else Reply(0))
        self._sessions += 1
        self._uri, self._kept, self._is_known = urljoin(url, location), 0, True

    def _send(self) -> Answer:
        """What is not kept yet, in one request. Until it is answered nobody knows how much arrived."""
        total, self._is_known = len(self._body), False
        if not self._kept:
            return self._put(self._body)
        rest = f"bytes {self._kept}-{total - 1}/{total}"
        return self._put(self._body.rest(self._kept), Content_Range=rest)

    def _ask(self) -> Answer:
        return self._put(b"", Content_Range=f"bytes */{len(self._body)}")

    def _put(self, data: bytes | Body, **headers: str) -> Answer:
        return self._connection.send(
            Where.SESSION, "PUT", self._uri, data=data, Content_Type="application/octet-stream", **headers
        )

    def _note_kept(self, answer: Answer) -> None:
        """A 308 may keep less than was sent, even less than before, and may move the session elsewhere."""
        found = re.fullmatch(r"bytes=0-(\d+)", answer.header("range"))
        kept = int(found[1]) + 1 if found else 0
        self._fruitless = self._fruitless + 1 if kept <= self._kept else 0
        self._kept, self._is_known = min(kept, len(self._body) - 1), True
        if answer.header("location"):
            self._uri = urljoin(self._uri, answer.header("location"))
        if self._fruitless >= FRUITLESS:
            raise Refusal(Where.SESSION, Reply(410), "the upload session keeps nothing")

    def _recover(self, refusal: Refusal) -> None:
        """Make the next step of `run` sensible, or give up by raising what happened."""
        if refusal.means is Means.SESSION_DEAD:
            self._uri, self._fruitless = "", 0
            return
        if refusal.means not in AGAIN or (self._sessions >= SESSIONS and not self._uri):
            raise refusal
        if refusal.means is Means.SLOW_DOWN:
            self._slow_down()
        if not self._patience.wait(refusal.reply.retry_after_s):
            raise refusal
