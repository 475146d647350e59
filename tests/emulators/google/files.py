"""Drive v3 without the bytes: about, generateIds, and the files resource in the application data folder.

Rules of the folder (guide "Store application-specific data"): only the scope drive.appdata opens it, lists show it only
with spaces=appDataFolder, nothing in it can be shared, moved out or trashed, and deleting is for good.
"""

import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.emulators.google.accounts import APP_DATA, FOLDER_MIME, Account, StoredFile, md5_of
from tests.emulators.google.answers import Answer, not_found, of_json, refuse
from tests.emulators.google.calls import Bearer, Call
from tests.emulators.google.clock import SimulatedClock, rfc3339
from tests.emulators.google.faults import Hide, Omit
from tests.emulators.google.fields import select
from tests.emulators.google.oauth import APP_DATA_SCOPE
from tests.emulators.google.query import compile_query

DEFAULT_FILE = "kind,id,name,mimeType"
DEFAULT_LIST = f"kind,incompleteSearch,nextPageToken,files({DEFAULT_FILE})"
MAX_PAGE = 1_000
MAX_IDS = 1_000
PAGE_TOKEN_S = 4 * 3600  # "typically valid for several hours", says the discovery document
MAX_PROPERTIES = 30
MAX_PROPERTY_BYTES = 124
_ORDERS = {
    "name",
    "name_natural",
    "createdTime",
    "modifiedTime",
    "modifiedByMeTime",
    "recency",
    "quotaBytesUsed",
    "folder",
}
_NOT_WRITABLE = (
    "The parents field is not directly writable in update requests. Use addParents and removeParents instead."
)


@dataclass(frozen=True)
class _Page:
    """What a page token continues: the rest of a list as it was when the first page was asked for."""

    file_ids: list[str]
    question: tuple[str, str, str]
    until: float


class Files:
    """The metadata half of Drive. `uploads` makes files through `make` and `replace`."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._pages: dict[str, _Page] = {}
        self._lock = threading.Lock()

    # about and ids

    def about(self, call: Call) -> Answer:
        """Without `fields` a 400: the guide says the parameter is required."""
        bearer = call.whom()
        self._folder(bearer)
        account = bearer.account
        if not call.value("fields"):
            said = "The 'fields' parameter is required for this method."
            raise refuse("required", message=said, location="fields")
        quota = {
            "usage": str(account.used_bytes),
            "usageInDrive": str(account.used_bytes - account.used_elsewhere_bytes),
        }
        quota["usageInDriveTrash"] = "0"
        if account.limit_bytes is not None:
            quota["limit"] = str(account.limit_bytes)
        person: dict[str, Any] = {"kind": "drive#user", "displayName": account.name, "me": True}
        person |= {"permissionId": account.permission_id, "emailAddress": account.email}
        document = {"kind": "drive#about", "user": person, "storageQuota": quota, "maxUploadSize": "5242880000000"}
        return of_json(
            select({**document, "exportFormats": {}, "importFormats": {}}, call.value("fields"), "*", "About")
        )

    def ids(self, call: Call) -> Answer:
        bearer = call.whom()
        space = call.value("space", "drive")
        if space != APP_DATA and APP_DATA_SCOPE in bearer.scopes:
            raise refuse("insufficientScopes", location="space")
        self._folder(bearer)
        count = whole(call.value("count", "10"), "count", 1, MAX_IDS)
        ids = bearer.account.generate_ids(count, bearer.client_id)
        return of_json({"kind": "drive#generatedIds", "space": space, "ids": ids})

    # the files resource

    def create(self, call: Call) -> Answer:
        """Metadata only: a folder, or an empty file."""
        return self.answer(call, self.make(call, call.whom(), call.document(), b"", ""))

    def get(self, call: Call, file_id: str) -> Answer:
        bearer = call.whom()
        if file_id == APP_DATA or file_id == bearer.account.root_id(bearer.client_id):
            return self.answer(call, self._root(bearer))
        return self.answer(call, self.find(bearer, file_id))

    def delete(self, call: Call, file_id: str) -> Answer:
        """For good, with everything in it if it is a folder."""
        bearer = call.whom()
        file = self.find(bearer, file_id)
        folder = self._folder(bearer)
        with bearer.account.lock:
            doomed = [file.file_id]
            for parent in doomed:
                doomed += [other.file_id for other in folder.values() if parent in other.parents]
            for one in doomed:
                folder.pop(one, None)
        return Answer(204)

    def update(self, call: Call, file_id: str) -> Answer:
        bearer = call.whom()
        file = self.find(bearer, file_id)
        self.change(call, bearer, file, call.document())
        return self.answer(call, file)

    def search(self, call: Call) -> Answer:
        bearer = call.whom()
        folder = self._folder(bearer)
        self._check_space(call.value("spaces", "drive"))
        size = whole(call.value("pageSize", "100"), "pageSize", 1, MAX_PAGE)
        question = (bearer.account.email, call.value("q"), call.value("orderBy"))
        token = call.value("pageToken")
        ids = self._continued(token, question) if token else self._found(bearer, folder, call)
        document: dict[str, Any] = {"kind": "drive#fileList", "incompleteSearch": False}
        if len(ids) > size:
            document["nextPageToken"] = self._continue(ids[size:], question)
        with bearer.account.lock:
            document["files"] = [self._shown(call, folder[file_id]) for file_id in ids[:size] if file_id in folder]
        return of_json(select(document, call.value("fields"), DEFAULT_LIST, "FileList"))

    def _check_space(self, spaces: str) -> None:
        if set(spaces.split(",")) - {"drive", APP_DATA, "photos"}:
            raise refuse("invalid", location="spaces")
        if spaces != APP_DATA:
            raise refuse("insufficientScopes", location="spaces")

    def _found(self, bearer: Bearer, folder: dict[str, StoredFile], call: Call) -> list[str]:
        test = compile_query(call.value("q"), bearer.account.root_id(bearer.client_id))
        with bearer.account.lock:
            lagging = [file for file in folder.values() if file.hidden_lists > 0]
            for file in lagging:
                file.hidden_lists -= 1
            found = [file for file in folder.values() if file not in lagging and test(file)]
        return [file.file_id for file in ordered(found, call.value("orderBy"))]

    def _continue(self, rest: list[str], question: tuple[str, str, str]) -> str:
        token = "~!!~AI9" + secrets.token_urlsafe(60)
        with self._lock:
            self._pages[token] = _Page(rest, question, self._clock.now() + PAGE_TOKEN_S)
        return token

    def _continued(self, token: str, question: tuple[str, str, str]) -> list[str]:
        page = self._pages.get(token)
        if page is None or page.question != question or self._clock.now() > page.until:
            raise refuse("invalid", location="pageToken")
        return page.file_ids

    # what uploads share

    def make(self, call: Call, bearer: Bearer, metadata: dict[str, Any], content: bytes, mime_type: str) -> StoredFile:
        """A new file, checked and counted. Raises Refusal: 400 for a made-up id, 409 for a used one, 403, 404."""
        self.check_new(bearer, metadata, len(content))
        account, now = bearer.account, self._clock.now()
        digest = md5_of(content)  # outside the lock: it takes a while
        with account.lock:
            self.check_new(bearer, metadata, len(content))
            file_id = metadata.get("id") or account.generate_ids(1, bearer.client_id)[0]
            kind = metadata.get("mimeType") or mime_type or "application/octet-stream"
            is_folder = kind == FOLDER_MIME
            file = StoredFile(
                file_id,
                str(metadata.get("name") or "Untitled"),
                kind,
                self._parents(bearer, metadata),
                b"" if is_folder else content,
                "" if is_folder else digest,
                instant(metadata.get("createdTime"), now),
                instant(metadata.get("modifiedTime"), now),
                changed_properties({}, metadata.get("appProperties"), "appProperties"),
                changed_properties({}, metadata.get("properties"), "properties"),
                str(metadata.get("description") or ""),
            )
            account.keep(file, bearer.client_id)
            account.count_upload(len(content))
        hide = call.verdict.find(Hide)
        if hide is not None:
            account.hide([file_id], hide.lists, bearer.client_id)
        return file

    def check_new(self, bearer: Bearer, metadata: dict[str, Any], size: int) -> None:
        """What Google looks at before it takes a new file, with or without the bytes."""
        self._folder(bearer)
        self._parents(bearer, metadata)
        file_id = metadata.get("id")
        if file_id is not None:
            if bearer.account.id_is_spent(file_id):
                raise refuse("fileIdInUse")
            if not bearer.account.id_is_usable(file_id, bearer.client_id):
                raise refuse("invalid", message="The provided file ID is not usable.", location="file.id")
        self.check_room(bearer.account, size)

    def check_room(self, account: Account, size: int) -> None:
        if size and not account.has_room(size):
            raise refuse("storageQuotaExceeded")
        if size and account.uploaded_today() + size > account.day_upload_limit_bytes:
            raise refuse("dailyLimitExceeded")

    def change(self, call: Call, bearer: Bearer, file: StoredFile, metadata: dict[str, Any]) -> None:
        """Apply a patch of metadata."""
        if "parents" in metadata:
            raise refuse("fieldNotWritable", message=_NOT_WRITABLE)
        if metadata.get("trashed") or metadata.get("starred") or metadata.get("copyRequiresWriterPermission"):
            raise refuse("notSupportedForAppDataFolderFiles")
        added, removed = self._moves(call, bearer)
        with bearer.account.lock:
            file.parents = [*(one for one in file.parents if one not in removed), *added] or file.parents
            file.name = str(metadata.get("name", file.name))
            file.mime_type = str(metadata.get("mimeType", file.mime_type))
            file.description = str(metadata.get("description", file.description) or "")
            file.app_properties = changed_properties(
                file.app_properties, metadata.get("appProperties"), "appProperties"
            )
            file.properties = changed_properties(file.properties, metadata.get("properties"), "properties")
            file.modified_at = instant(metadata.get("modifiedTime"), self._clock.now())
            file.version += 1

    def _moves(self, call: Call, bearer: Bearer) -> tuple[list[str], list[str]]:
        added = [one for one in call.value("addParents").split(",") if one]
        removed = [one for one in call.value("removeParents").split(",") if one]
        root = bearer.account.root_id(bearer.client_id)
        known = {APP_DATA, root, *self._folder(bearer)}
        if set(added) - known:
            raise refuse("notSupportedForAppDataFolderFiles")
        alias = {APP_DATA: root}
        return [alias.get(one, one) for one in added], [alias.get(one, one) for one in removed]

    def replace(self, call: Call, bearer: Bearer, file: StoredFile, metadata: dict[str, Any], content: bytes) -> None:
        """New bytes for an old file."""
        self.check_room(bearer.account, max(0, len(content) - file.size))
        self.change(call, bearer, file, metadata)
        digest = md5_of(content)
        with bearer.account.lock:
            file.content, file.md5 = content, digest
            bearer.account.count_upload(len(content))

    def find(self, bearer: Bearer, file_id: str) -> StoredFile:
        """Raises: Refusal (404) for what is not in this client's folder."""
        file = self._folder(bearer).get(file_id)
        if file is None:
            raise not_found(file_id)
        return file

    def answer(self, call: Call, file: StoredFile) -> Answer:
        return of_json(select(self._shown(call, file), call.value("fields"), DEFAULT_FILE, "File"))

    def _shown(self, call: Call, file: StoredFile) -> dict[str, Any]:
        omit = call.verdict.find(Omit)
        hidden = omit.names if omit else ()
        return {name: value for name, value in file.resource().items() if name not in hidden}

    def _folder(self, bearer: Bearer) -> dict[str, StoredFile]:
        if APP_DATA_SCOPE not in bearer.scopes:
            raise refuse("insufficientPermissions")
        return bearer.account.files_of(bearer.client_id)

    def _root(self, bearer: Bearer) -> StoredFile:
        self._folder(bearer)
        return StoredFile(
            bearer.account.root_id(bearer.client_id), "Application Data", FOLDER_MIME, [], b"", "", 0.0, 0.0
        )

    def _parents(self, bearer: Bearer, metadata: dict[str, Any]) -> list[str]:
        """Where a new file goes. Without `parents` it would be My Drive, which drive.appdata does not open."""
        parents = metadata.get("parents") or []
        if not isinstance(parents, list) or len(parents) > 1:
            raise refuse("invalid", location="parents")
        if not parents:
            raise refuse("insufficientPermissions")
        root = bearer.account.root_id(bearer.client_id)
        if parents[0] in (APP_DATA, root):
            return [root]
        if not self.find(bearer, parents[0]).is_folder:
            raise refuse("badRequest", message="The specified parent is not a folder.")
        return [parents[0]]


def changed_properties(before: dict[str, str], patch: Any, name: str) -> dict[str, str]:
    """Properties after a patch, null deleting one. Limits: 30 of them, 124 bytes of key and value together."""
    if patch is None:
        return before
    if not isinstance(patch, dict):
        raise refuse("invalid", location=name)
    after = {key: str(value) for key, value in {**before, **patch}.items() if value is not None}
    too_long = any(len((key + value).encode()) > MAX_PROPERTY_BYTES for key, value in after.items())
    if too_long or len(after) > MAX_PROPERTIES:
        raise refuse("invalid", message=f"{name} exceed the limits of the API.", location=name)
    return after


def instant(text: Any, default: float) -> float:
    """An RFC 3339 time as seconds since the epoch."""
    if not text:
        return default
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise refuse("invalid", message=f"Invalid value for: Invalid format: {text}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def whole(text: str, name: str, low: int, high: int) -> int:
    """A whole number between two bounds. Raises: Refusal (400 invalid)."""
    if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
        said = f"Invalid value '{text}'. Values must be within the range: [{low}, {high}]"
        raise refuse("invalid", message=said, location=name)
    return int(text)


def ordered(files: list[StoredFile], order: str) -> list[StoredFile]:
    """By `orderBy`; newest change first when nothing is asked for."""
    for key in reversed([part.strip() for part in order.split(",") if part.strip()] or ["modifiedTime desc"]):
        name, _, direction = key.partition(" ")
        if name not in _ORDERS or direction not in ("", "desc"):
            raise refuse("invalid", location="orderBy")
        files = sorted(files, key=partial(_sort_key, name), reverse=direction == "desc")
    return files


def _sort_key(name: str, file: StoredFile) -> Any:
    if name == "name_natural":
        return [(part.isdigit(), part.zfill(20)) for part in re.split(r"(\d+)", file.name.casefold())]
    keys: dict[str, Any] = {
        "name": file.name,
        "createdTime": rfc3339(file.created_at),
        "quotaBytesUsed": file.size,
        "folder": not file.is_folder,
    }
    return keys.get(name, file.modified_at)
