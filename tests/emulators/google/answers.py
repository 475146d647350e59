"""What the emulator answers: a status, headers and bytes, and Google's own error bodies.

The bodies follow the error guide of Drive v3 (`{"error": {"code", "message", "errors": [{domain, reason, message}]}}`),
and RFC 6749, 5.2 for the token endpoint.
"""

import json
from dataclasses import dataclass, field
from typing import Any

HTML_502 = (
    b"<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><title>Error 502 (Server Error)!!1</title>\n"
    b"<p><b>502.</b> <ins>That's an error.</ins>\n<p>The server encountered a temporary error and could not complete "
    b"your request.<p>Please try again in 30 seconds. <ins>That's all we know.</ins></html>\n"
)
RESUME_INCOMPLETE = 308
_CANONICAL = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED"}
_REFUSED_IN_FRONT = {"authError", "accessNotConfigured", "insufficientPermissions"}

_TOO_MANY_CHILDREN = "The limit for this folder's number of children has been exceeded."
_TOO_MANY_ITEMS = "The limit for the number of items created by this account has been exceeded."
_NO_API = "Google Drive API has not been used in this project before or it is disabled."
_NO_SCOPE = "Insufficient Permission: Request had insufficient authentication scopes."
_HIDDEN = "Method not supported for files within the Application Data folder."
_ABUSIVE = "This file has been identified as malware or spam and cannot be downloaded."

REASONS: dict[str, tuple[int, str, str]] = {  # reason: (status, domain, message)
    "required": (400, "global", "Required parameter"),
    "badRequest": (400, "global", "Bad Request"),
    "invalid": (400, "global", "Invalid Value"),
    "invalidParameter": (400, "global", "Invalid field selection"),
    "authError": (401, "global", "Invalid Credentials"),
    "userRateLimitExceeded": (403, "usageLimits", "User Rate Limit Exceeded"),
    "rateLimitExceeded": (403, "usageLimits", "Rate Limit Exceeded"),
    "dailyLimitExceeded": (403, "usageLimits", "Daily Limit Exceeded"),
    "accessNotConfigured": (403, "usageLimits", _NO_API),
    "quotaExceeded": (403, "usageLimits", "The quota has been exceeded."),
    "storageQuotaExceeded": (403, "usageLimits", "The user's Drive storage quota has been exceeded."),
    "numChildrenInNonRootLimitExceeded": (403, "global", _TOO_MANY_CHILDREN),
    "activeItemCreationLimitExceeded": (403, "global", _TOO_MANY_ITEMS),
    "domainPolicy": (403, "global", "The domain administrators have disabled Drive apps."),
    "insufficientPermissions": (403, "global", _NO_SCOPE),
    "insufficientScopes": (403, "global", "The granted scopes do not give access to all of the requested spaces."),
    "notSupportedForAppDataFolderFiles": (403, "global", _HIDDEN),
    "cannotDownloadAbusiveFile": (403, "global", _ABUSIVE),
    "fileNotDownloadable": (403, "global", "Only files with binary content can be downloaded."),
    "fieldNotWritable": (403, "global", "The resource body includes fields which are not directly writable."),
    "notFound": (404, "global", "Not Found"),
    "fileIdInUse": (409, "global", "A file already exists with the provided ID."),
    "uploadSessionGone": (410, "global", "The requested upload session is no longer available."),
    "backendError": (500, "global", "Internal Error"),
    "internalError": (500, "global", "Internal Error"),
    "transientError": (503, "global", "Transient failure"),
}
# What a bare status means when a fault plan names no reason.
OF_STATUS = {
    400: "badRequest",
    401: "authError",
    403: "userRateLimitExceeded",
    404: "notFound",
    409: "fileIdInUse",
    410: "uploadSessionGone",
    429: "rateLimitExceeded",
    500: "internalError",
    502: "backendError",
    503: "transientError",
    504: "backendError",
}


@dataclass
class Answer:
    """One answer before it is written. `cut_after` sends that many bytes of the body, then drops the connection."""

    status: int = 200
    body: bytes | memoryview = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    pause_s: float = 0.0  # before the rest of the body, once half of it (or `cut_after`) is sent


class Refusal(Exception):
    """A request that Google would refuse; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def of_json(document: dict[str, Any] | list[Any], status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer as Google's API servers send it."""
    body = json.dumps(document, indent=1).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})})


def drive_error(reason: str, *, message: str = "", location: str = "", status: int = 0) -> Answer:
    """The body of a Drive v3 error. `location` names the offending parameter; `status` overrides the usual one."""
    usual, domain, usual_message = REASONS.get(reason, (status or 403, "global", reason))
    said = message or usual_message
    item: dict[str, str] = {"domain": domain, "reason": reason, "message": said}
    if reason == "authError":
        item |= {"locationType": "header", "location": "Authorization"}
    elif location:
        item |= {"locationType": "parameter", "location": location}
    code = status or usual
    error: dict[str, Any] = {"code": code, "message": said, "errors": [item]}
    if (code in _CANONICAL and domain != "global") or code == 401:
        error["status"] = _CANONICAL[code]  # what the front of the API refuses says this too
    headers = (
        {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}
        if code == 401
        else {}
    )
    return of_json({"error": error}, code, headers)


def refuse(reason: str, *, message: str = "", location: str = "") -> Refusal:
    """To be raised."""
    return Refusal(drive_error(reason, message=message, location=location))


def not_found(file_id: str) -> Refusal:
    return refuse("notFound", message=f"File not found: {file_id}.", location="fileId")


def oauth_error(error: str, description: str, status: int = 400) -> Refusal:
    """RFC 6749, 5.2, with Google's words."""
    return Refusal(of_json({"error": error, "error_description": description}, status, {"Cache-Control": "no-store"}))
