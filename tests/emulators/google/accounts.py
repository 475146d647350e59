"""Google accounts and what they hold: one hidden application data folder per OAuth client, and one quota over all."""

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.emulators.google.clock import SimulatedClock, rfc3339

FOLDER_MIME = "application/vnd.google-apps.folder"
APP_DATA = "appDataFolder"
DAY_UPLOAD_LIMIT_BYTES = 750 * 10**9
GENERATED_IDS_KEPT = 200_000


@dataclass(eq=False)
class StoredFile:
    """A file or folder in an application data folder. `md5` is hex, empty for folders."""

    file_id: str
    name: str
    mime_type: str
    parents: list[str]
    content: bytes
    md5: str
    created_at: float
    modified_at: float
    app_properties: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    description: str = ""
    version: int = 1
    hidden_lists: int = 0
    abusive: bool = False

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def is_folder(self) -> bool:
        return self.mime_type == FOLDER_MIME

    def resource(self) -> dict[str, object]:
        """Every field of the Drive v3 resource that this emulator knows; int64 as strings, as Google writes them."""
        document: dict[str, object] = {
            "kind": "drive#file",
            "id": self.file_id,
            "name": self.name,
            "mimeType": self.mime_type,
            "parents": self.parents,
            "spaces": [APP_DATA],
            "createdTime": rfc3339(self.created_at),
            "modifiedTime": rfc3339(self.modified_at),
            "trashed": False,
            "explicitlyTrashed": False,
            "starred": False,
            "ownedByMe": True,
            "shared": False,
            "isAppAuthorized": True,
            "version": str(self.version),
            "capabilities": {
                "canDownload": True,
                "canEdit": True,
                "canTrash": False,
                "canDelete": True,
                "canShare": False,
            },
        }
        if self.description:
            document["description"] = self.description
        if self.app_properties:
            document["appProperties"] = self.app_properties
        if self.properties:
            document["properties"] = self.properties
        if not self.is_folder:
            document |= {
                "size": str(self.size),
                "quotaBytesUsed": str(self.size),
                "md5Checksum": self.md5,
                "originalFilename": self.name,
                "fullFileExtension": self.name.partition(".")[2],
                "fileExtension": self.name.rpartition(".")[2] if "." in self.name else "",
                "headRevisionId": f"0B{self.file_id[-20:]}{self.version}",
            }
        return document


class Account:
    """One person at Google. `files` is the folder of the emulator's first OAuth client, by file id."""

    def __init__(self, email: str, limit_bytes: int | None, *, clock: SimulatedClock, client_id: str) -> None:
        digest = hashlib.sha256(email.casefold().encode()).hexdigest()
        self.email = email
        self.name = email.partition("@")[0].replace(".", " ").title()
        self.sub = str(int(digest[:18], 16))[:21].rjust(21, "1")
        self.permission_id = str(int(digest[18:36], 16))[:20].rjust(20, "1")
        self.email_verified = True
        self.hosted_domain = ""
        self.says_instead: dict[str, object] = {}  # what its identities claim falsely; None leaves a claim out
        self.limit_bytes = limit_bytes
        self.used_elsewhere_bytes = 0  # Gmail, Photos, other files: they share the quota
        self.day_upload_limit_bytes = DAY_UPLOAD_LIMIT_BYTES
        self.refresh_token = ""
        self.forget_tokens: Callable[[str | None], None] = lambda _client_id: None  # the authority fills it in
        self.expire_tokens: Callable[[], None] = lambda: None
        self.lock = threading.RLock()
        self._clock = clock
        self._client_id = client_id
        self._folders: dict[str, dict[str, StoredFile]] = {client_id: {}}
        self._generated: dict[str, str] = {}  # id handed out -> the client that asked
        self._spent: set[str] = set()
        self._uploaded: dict[int, int] = {}  # day -> bytes

    @property
    def files(self) -> dict[str, StoredFile]:
        return self.files_of(self._client_id)

    def files_of(self, client_id: str) -> dict[str, StoredFile]:
        """The application data folder another OAuth client would see: empty, as if nothing had ever been stored."""
        with self.lock:
            return self._folders.setdefault(client_id, {})

    def root_id(self, client_id: str) -> str:
        """The real id behind the alias `appDataFolder`; lists and parents show it."""
        return "1" + hashlib.sha256(f"{self.sub} {client_id}".encode()).hexdigest()[:45]

    @property
    def used_bytes(self) -> int:
        with self.lock:
            held = sum(file.size for folder in self._folders.values() for file in folder.values())
        return held + self.used_elsewhere_bytes

    def has_room(self, size: int) -> bool:
        return self.limit_bytes is None or self.used_bytes + size <= self.limit_bytes

    def uploaded_today(self) -> int:
        with self.lock:
            return self._uploaded.get(self._clock.day(), 0)

    def count_upload(self, size: int) -> None:
        with self.lock:
            self._uploaded[self._clock.day()] = self._uploaded.get(self._clock.day(), 0) + size

    # What Google does with ids

    def generate_ids(self, count: int, client_id: str) -> list[str]:
        ids = ["1" + secrets.token_urlsafe(48)[:60] for _ in range(count)]
        with self.lock:
            self._generated.update(dict.fromkeys(ids, client_id))
            while len(self._generated) > GENERATED_IDS_KEPT:
                del self._generated[next(iter(self._generated))]
        return ids

    def id_is_usable(self, file_id: str, client_id: str) -> bool:
        """Only ids from generateIds, handed out to the same account and client."""
        return self._generated.get(file_id) == client_id

    def id_is_spent(self, file_id: str) -> bool:
        """An id stays spent when its file is deleted (not known of Google; the stricter reading)."""
        return file_id in self._spent

    def keep(self, file: StoredFile, client_id: str) -> None:
        with self.lock:
            self.files_of(client_id)[file.file_id] = file
            self._spent.add(file.file_id)

    # What happens to people's Drives

    def revoke(self) -> None:
        """Withdraw every token. What is stored stays."""
        self.forget_tokens(None)

    def expire_access_tokens(self) -> None:
        """Access tokens in use are stale at once; refresh tokens still work."""
        self.expire_tokens()

    def wipe(self) -> None:
        """The owner presses "Delete hidden app data": everything is gone, tokens still work."""
        with self.lock:
            self.files.clear()

    def disconnect(self) -> None:
        """The owner disconnects the app from the Drive: tokens and hidden data are gone."""
        self.revoke()
        self.wipe()

    def lose(self, file_id: str) -> None:
        """One file vanishes at rest."""
        with self.lock:
            del self.files[file_id]

    def flip_bit(self, file_id: str, byte: int = 0, *, noticed: bool = False) -> None:
        """Rot at rest. Unless `noticed`, Drive goes on stating the old md5 (only a download shows it)."""
        with self.lock:
            file = self.files[file_id]
            spoiled = bytearray(file.content)
            spoiled[byte] ^= 1
            self.put_content(file_id, bytes(spoiled), noticed=noticed)

    def put_content(self, file_id: str, content: bytes, *, noticed: bool = True) -> None:
        """Replace what is at rest, e.g. by another valid object; the md5 follows if `noticed`."""
        with self.lock:
            file = self.files[file_id]
            file.content = content
            if noticed:
                file.md5 = md5_of(content)

    def hide(self, file_ids: Iterable[str], lists: int = 1, client_id: str = "") -> None:
        """Lists lag: these files are absent from the next `lists` lists, though `get` finds them."""
        folder = self.files_of(client_id or self._client_id)
        with self.lock:
            for file_id in file_ids:
                folder[file_id].hidden_lists = lists

    def add_file(self, name: str, content: bytes, *, app_properties: dict[str, str] | None = None) -> StoredFile:
        """Something already lies in the folder, such as a file nobody knows."""
        (file_id,) = self.generate_ids(1, self._client_id)
        now = self._clock.now()
        parents = [self.root_id(self._client_id)]
        file = StoredFile(
            file_id, name, "application/octet-stream", parents, content, md5_of(content), now, now, app_properties or {}
        )
        self.keep(file, self._client_id)
        return file


def md5_of(content: bytes | memoryview) -> str:
    """Hex, as Drive's md5Checksum."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
