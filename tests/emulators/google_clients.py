"""The real clients the emulator's tests drive it with: google-api-python-client and google-auth's AuthorizedSession."""

import json
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

from tests.emulators.google import Account, GoogleEmulator
from tests.emulators.google.oauth import APP_DATA_SCOPE


def credentials(google: GoogleEmulator, account: Account) -> Credentials:
    """What the product keeps of a linked Drive. Built by hand: google-auth's helpers insist on Google's own URL."""
    return Credentials(
        None,
        refresh_token=account.refresh_token,
        token_uri=f"{google.root}/token",
        client_id=google.client_id,
        client_secret=google.client_secret,
        scopes=[APP_DATA_SCOPE],
    )


def drive(google: GoogleEmulator, account: Account) -> Any:
    """The discovery client. Its `api_endpoint` option leaves uploads at https, so the document is patched."""
    document = json.loads(get_static_doc("drive", "v3"))
    document |= {"rootUrl": f"{google.root}/", "baseUrl": f"{google.root}/drive/v3/"}
    return build_from_document(document, credentials=credentials(google, account))


def session(google: GoogleEmulator, account: Account) -> AuthorizedSession:
    """requests with a bearer token that is fetched and refreshed by itself."""
    return AuthorizedSession(credentials(google, account))
