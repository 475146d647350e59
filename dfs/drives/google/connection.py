"""Speaking to Google for one account: tokens, sessions, metadata calls. Every failure comes out as `Refusal`.

Metadata goes through google-api-python-client, bytes through google-auth's `AuthorizedSession`; both over the same
sessions. A session is used by one thread at a time and goes back on a stack, so connections stay warm although the
threads of a job end with it.

Nothing here puts an address, a body or a token into a message: an upload session's address is a key to the Drive.

Source: developers.google.com/identity/protocols/oauth2 (token endpoint).
"""

import json
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Protocol
from urllib.parse import urlencode, urljoin

import httplib2  # type: ignore[import-untyped]
import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from urllib3.exceptions import HTTPError

from dfs.drives.backoff import CLOCK, Clock
from dfs.drives.google.body import Body
from dfs.drives.google.errors import Refusal, Reply, Where, read_reply

SCOPE = "https://www.googleapis.com/auth/drive.appdata"
METADATA_TIMEOUT_S = (10.0, 20.0)
BYTES_TIMEOUT_S = (10.0, 30.0)
"""To connect, and between two pieces of an answer. What takes longer is cut off and tried again or elsewhere."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where Google is, and who our project is there."""

    api_root: str
    token_url: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A small answer, whatever its status."""

    where: Where
    reply: Reply
    headers: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return self.reply.status

    def header(self, name: str) -> str:
        return next((text for key, text in self.headers.items() if key.lower() == name.lower()), "")

    def json(self) -> dict[str, Any]:
        """Raises: Refusal when it is none: a proxy's page, or cut short."""
        try:
            told = json.loads(self.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Refusal(self.where, Reply(0), "Google's answer is not what it announced")
        return told


class Executable(Protocol):
    """A request the client library has built."""

    def execute(self, http: Any = None, num_retries: int = 0) -> Any: ...


@dataclass(frozen=True, slots=True)
class Api:
    """The client library's two resources we use. It makes them anew, at 3 ms, whenever its service is asked."""

    about: Any
    files: Any


@lru_cache(maxsize=4)
def drive_api(api_root: str) -> Api:
    """Drive v3 from the description packaged with the client library; the network is not asked for it.

    `client_options` would change the host of an upload and not its scheme, so the description itself is changed.
    """
    described = json.loads(get_static_doc("drive", "v3"))
    described["rootUrl"] = api_root
    described["baseUrl"] = urljoin(api_root, described["servicePath"])
    service = build_from_document(described, http=httplib2.Http())  # never used: each call brings its own
    return Api(service.about(), service.files())


class Connection:
    """One account's way to Google. Safe to use from several threads."""

    def __init__(self, site: Site, refresh_token: str, clock: Clock = CLOCK) -> None:
        self._site, self._clock = site, clock
        self._refresh_token = refresh_token
        # Built by hand: `from_authorized_user_info` would set Google's own token address whatever the settings say.
        # With a handler instead of the token, google-auth neither keeps the token nor waits and retries by itself.
        # Held weakly: sessions know the credentials, and what closes the sessions must not keep this object alive.
        fresh_token = weakref.WeakMethod(self._fresh_token)
        self._credentials = Credentials(  # type: ignore[no-untyped-call]
            None, token_uri=site.token_url, scopes=[SCOPE], refresh_handler=partial(_call, fresh_token)
        )
        self._refreshing = threading.Lock()
        self._idle: list[AuthorizedSession] = []
        weakref.finalize(self, _close, self._idle)  # a Drive that is linked anew leaves no open sockets behind

    # --- what the Drive uses ---

    def call(self, build: Callable[[Api], Executable], where: Where = Where.API) -> dict[str, Any]:
        """The answer to a metadata request of the client library. Raises: Refusal."""
        with self._session() as session:
            try:
                answer = build(drive_api(self._site.api_root)).execute(http=_Wire(session), num_retries=0)
            except HttpError as error:
                reply = read_reply(error.resp.status, error.resp, error.content, self._clock.time())
                raise Refusal(where, reply) from None
            except ValueError:
                raise Refusal(where, Reply(0), "Google's answer is not what it announced") from None
        return answer if isinstance(answer, dict) else {}

    def send(self, where: Where, method: str, url: str, *, data: bytes | Body | None = None, **headers: str) -> Answer:
        """One request with a small answer. Raises: Refusal when there is no answer at all; any status comes back."""
        with self._session() as session:
            response = session.request(  # type: ignore[no-untyped-call]
                method, url, data=data, headers=_spelled(headers), timeout=BYTES_TIMEOUT_S, allow_redirects=False
            )
            reply = Reply(response.status_code)
            if not response.ok:
                reply = read_reply(response.status_code, response.headers, response.content, self._clock.time())
            return Answer(where, reply, dict(response.headers), response.content)

    def download(self, object_id: str, range_header: str) -> tuple[int, Any, bytes]:
        """Status, headers and the whole body of a GET of an object's bytes. Raises: Refusal."""
        url = urljoin(self._site.api_root, f"drive/v3/files/{object_id}?alt=media")
        headers = {"Accept-Encoding": "identity"} | ({"Range": range_header} if range_header else {})
        with self._session() as session, self._streamed(session, url, headers) as response:
            body: bytes = response.raw.read(decode_content=False)  # one block: a third of the CPU of `.content`
            if response.status_code not in (200, 206, 416):
                raise Refusal(Where.API, read_reply(response.status_code, response.headers, body, self._clock.time()))
            return response.status_code, response.headers, body

    def upload_url(self, fields: str) -> str:
        """Where an upload session is asked for; `fields` is what its last answer tells."""
        return urljoin(
            self._site.api_root, f"upload/drive/v3/files?{urlencode({'uploadType': 'resumable', 'fields': fields})}"
        )

    # --- sessions ---

    @contextmanager
    def _session(self) -> Iterator[AuthorizedSession]:
        """A session with a token in it. What the transport raises inside becomes a Refusal without an answer."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = AuthorizedSession(  # type: ignore[no-untyped-call]
                self._credentials, refresh_status_codes=(401,), max_refresh_attempts=1
            )
        try:
            self._ensure_token(session)
            yield session
        except Refusal:
            self._idle.append(session)
            raise
        except (requests.RequestException, HTTPError, OSError, GoogleAuthError) as error:
            session.close()  # type: ignore[no-untyped-call]  # its connection is in an unknown state
            raise Refusal(Where.API, Reply(0), f"Google did not answer: {type(error).__name__}") from None
        except BaseException:
            session.close()  # type: ignore[no-untyped-call]
            raise
        else:
            self._idle.append(session)

    def _streamed(self, session: AuthorizedSession, url: str, headers: dict[str, str]) -> requests.Response:
        """A GET whose body is still to come. Google-auth's own retry after a 401 would leave the first answer open."""
        for is_last in (False, True):
            self._credentials.apply(headers)  # type: ignore[no-untyped-call]
            response = requests.Session.request(
                session, "GET", url, headers=headers, stream=True, timeout=BYTES_TIMEOUT_S, allow_redirects=False
            )
            if response.status_code != 401 or is_last:
                break
            response.close()
            self._renew_token(session, headers["authorization"])
        return response

    def _renew_token(self, session: AuthorizedSession, refused: str) -> None:
        """Another token, unless another thread has got one since `refused` was sent."""
        with self._refreshing:
            if refused == f"Bearer {self._credentials.token}":
                self._refresh(session)

    def _ensure_token(self, session: AuthorizedSession) -> None:
        """One refresh for all threads that start at once; google-auth itself has no lock."""
        if not self._credentials.valid:
            with self._refreshing:
                if not self._credentials.valid:
                    self._refresh(session)

    def _refresh(self, session: AuthorizedSession) -> None:
        """Ask for another token over the session's own transport. Raises: Refusal."""
        request = partial(session._auth_request, timeout=METADATA_TIMEOUT_S)
        self._credentials.refresh(request)  # type: ignore[no-untyped-call]

    def _fresh_token(self, request: Any, scopes: list[str]) -> tuple[str, datetime]:
        """An access token and its end, UTC without a zone as google-auth wants it. Raises: Refusal."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token,
            "client_id": self._site.client_id,
            "client_secret": self._site.client_secret,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = request(self._site.token_url, method="POST", body=urlencode(form).encode(), headers=headers)
        except TransportError:
            raise Refusal(Where.TOKEN, Reply(0), "Google's sign-in does not answer") from None
        if answer.status != 200:
            raise Refusal(Where.TOKEN, read_reply(answer.status, answer.headers, answer.data, self._clock.time()))
        try:
            told = json.loads(answer.data)
            token, lasts_s = str(told["access_token"]), int(told.get("expires_in", 3_599))
        except (ValueError, KeyError, TypeError):
            raise Refusal(Where.TOKEN, Reply(0), "Google's sign-in answered without a token") from None
        return token, datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=lasts_s)


class _Wire:
    """Lets the client library send over a requests session: httplib2 is neither thread safe nor needed."""

    def __init__(self, session: AuthorizedSession) -> None:
        self._session = session

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_unused: Any
    ) -> tuple[httplib2.Response, bytes]:
        answer = self._session.request(  # type: ignore[no-untyped-call]
            method, uri, data=body, headers=headers, timeout=METADATA_TIMEOUT_S, allow_redirects=False
        )
        told = {name.lower(): text for name, text in answer.headers.items()}
        told.pop("content-encoding", None)
        return httplib2.Response(told | {"status": str(answer.status_code)}), answer.content


def _call(method: "weakref.WeakMethod[Callable[..., tuple[str, datetime]]]", *arguments: Any, **more: Any) -> Any:
    """Call a method whose object is alive, as it is while one of its sessions is in use."""
    alive = method()
    if alive is None:
        raise Refusal(Where.TOKEN, Reply(0), "this way to Google is closed")
    return alive(*arguments, **more)


def _close(sessions: list[AuthorizedSession]) -> None:
    while sessions:
        sessions.pop().close()  # type: ignore[no-untyped-call]


def _spelled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): text for name, text in headers.items()}
