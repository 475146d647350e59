"""The application data folder, driven by google-api-python-client."""

import io
import json

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload

from tests.emulators.google import Hide
from tests.emulators.google.accounts import md5_of

pytestmark = pytest.mark.apart

CHUNK = 256 * 1024
BYTES = bytes(range(251)) * 3000  # 753,000 bytes, no multiple of anything


def upload(drive, content=b"bytes", *, file_id="", name="c1.a", resumable=False, fields="id,md5Checksum,size", **more):
    body = {"name": name, "parents": ["appDataFolder"], **({"id": file_id} if file_id else {}), **more}
    media = MediaIoBaseUpload(io.BytesIO(content), "application/octet-stream", chunksize=CHUNK, resumable=resumable)
    return drive.files().create(body=body, media_body=media, fields=fields).execute()


def listed(drive, **arguments):
    return [file["name"] for file in drive.files().list(spaces="appDataFolder", **arguments).execute()["files"]]


def refusal(call):
    """Status, reason and body of what Google refused."""
    with pytest.raises(HttpError) as raised:
        call()
    body = json.loads(raised.value.content)
    return raised.value.status_code, body["error"]["errors"][0]["reason"], body


@pytest.mark.parametrize("resumable", [False, True])
@pytest.mark.parametrize("content", [b"x", BYTES, BYTES[: 2 * CHUNK], b"ends in \r", b"\n--==\r\n"])
def test_an_upload_comes_back_equal_and_is_measured(drive, meera, resumable, content):
    (file_id,) = drive.files().generateIds(count=1, space="appDataFolder").execute()["ids"]

    told = upload(drive, content, file_id=file_id, resumable=resumable)

    expected = {"id": file_id, "md5Checksum": md5_of(content), "size": str(len(content))}
    assert told == expected
    assert drive.files().get(fileId=file_id, fields="id,md5Checksum,size").execute() == expected
    assert drive.files().get_media(fileId=file_id).execute() == content
    assert meera.files[file_id].content == content


def test_a_download_in_pieces_is_equal(drive):
    file_id = upload(drive, BYTES)["id"]
    sink = io.BytesIO()
    pieces = MediaIoBaseDownload(sink, drive.files().get_media(fileId=file_id), chunksize=100_000)
    done = False
    while not done:
        _, done = pieces.next_chunk()
    assert sink.getvalue() == BYTES


def test_about_needs_fields_and_tells_the_quota_and_whose_it_is(drive, google, meera):
    meera.used_elsewhere_bytes = 1000
    upload(drive, b"12345")

    told = drive.about().get(fields="storageQuota,user(permissionId,emailAddress)").execute()

    assert told["storageQuota"]["limit"] == "15000000000"
    assert (told["storageQuota"]["usage"], told["storageQuota"]["usageInDrive"]) == ("1005", "5")
    assert told["user"] == {"permissionId": meera.permission_id, "emailAddress": meera.email}
    meera.limit_bytes = None
    assert "limit" not in drive.about().get(fields="storageQuota").execute()["storageQuota"]
    assert refusal(lambda: drive.about().get().execute())[:2] == (400, "required")


def test_without_fields_a_file_says_little(drive):
    file_id = upload(drive)["id"]
    assert set(drive.files().get(fileId=file_id).execute()) == {"kind", "id", "name", "mimeType"}
    assert set(drive.files().list(spaces="appDataFolder").execute()["files"][0]) == {"kind", "id", "name", "mimeType"}


def test_a_field_drive_does_not_have_is_refused(drive):
    file_id = upload(drive)["id"]
    assert refusal(lambda: drive.files().get(fileId=file_id, fields="id,md5").execute())[:2] == (
        400,
        "invalidParameter",
    )


def test_a_list_finds_by_name_property_and_folder(drive):
    folder = drive.files().create(
        body={"name": "f", "mimeType": "application/vnd.google-apps.folder", "parents": ["appDataFolder"]}, fields="id"
    )
    folder_id = folder.execute()["id"]
    upload(drive, name="c1.abc", appProperties={"i": "north"})
    upload(drive, name="c1.abd", appProperties={"i": "south"})
    upload(drive, name="it's")
    body = {"name": "inside", "parents": [folder_id]}
    drive.files().create(body=body, media_body=MediaIoBaseUpload(io.BytesIO(b"x"), "text/plain")).execute()

    assert set(listed(drive, q="name contains 'c1.'")) == {"c1.abc", "c1.abd"}
    assert listed(drive, q="name contains 'bd'") == []
    assert listed(drive, q="appProperties has { key='i' and value='south' }") == ["c1.abd"]
    assert listed(drive, q=f"'{folder_id}' in parents and trashed = false") == ["inside"]
    assert listed(drive, q="name = 'it\\'s' or name = 'inside'", orderBy="name") == ["inside", "it's"]
    assert "inside" not in listed(drive, q="'appDataFolder' in parents and not (name = 'it\\'s')")
    assert listed(drive, q="mimeType = 'application/vnd.google-apps.folder'") == ["f"]
    assert refusal(lambda: listed(drive, q="name ~ 'x'"))[:2] == (400, "invalid")


def test_a_list_comes_in_pages_and_a_page_token_expires(drive, google, meera):
    for number in range(25):
        meera.add_file(f"c1.{number:02}", b"")
    names, token = [], None
    while True:
        arguments = {"spaces": "appDataFolder", "pageSize": 10, "orderBy": "name", "pageToken": token}
        page = drive.files().list(**arguments, fields="nextPageToken,files(name)").execute()
        names += [file["name"] for file in page["files"]]
        if "nextPageToken" not in page:
            break
        token = page["nextPageToken"]

    assert names == [f"c1.{number:02}" for number in range(25)]
    google.clock.advance(5 * 3600)
    late = {"spaces": "appDataFolder", "pageSize": 10, "orderBy": "name", "pageToken": token}
    status, reason, body = refusal(lambda: drive.files().list(**late).execute())
    assert (status, reason, body["error"]["errors"][0]["location"]) == (400, "invalid", "pageToken")


def test_more_than_a_thousand_files_need_a_second_page_even_for_the_largest(drive, meera):
    for number in range(1001):
        meera.add_file(f"c1.{number}", b"")
    page = drive.files().list(spaces="appDataFolder", pageSize=1000, fields="nextPageToken,files(id)").execute()
    assert len(page["files"]) == 1000
    rest = drive.files().list(spaces="appDataFolder", pageSize=1000, pageToken=page["nextPageToken"]).execute()
    assert len(rest["files"]) == 1
    assert refusal(lambda: drive.files().list(spaces="appDataFolder", pageSize=1001).execute())[:2] == (400, "invalid")


def test_two_files_may_have_one_name(drive):
    first, second = upload(drive, b"1", name="c1.a"), upload(drive, b"2", name="c1.a")
    assert first["id"] != second["id"]
    assert listed(drive) == ["c1.a", "c1.a"]


def test_a_list_may_lag_while_get_already_finds_the_file(drive, google):
    google.plan.add("create", Hide(lists=2))
    file_id = upload(drive)["id"]
    assert listed(drive) == []
    assert drive.files().get(fileId=file_id).execute()["id"] == file_id
    assert listed(drive) == []
    assert listed(drive) == ["c1.a"]


def test_properties_are_patched_one_by_one_and_limited(drive):
    file_id = upload(drive, appProperties={"i": "1", "u": "2"})["id"]
    patch = {"appProperties": {"u": None, "g": "3"}, "name": "c1.b"}
    told = drive.files().update(fileId=file_id, body=patch, fields="name,appProperties").execute()
    assert told == {"name": "c1.b", "appProperties": {"i": "1", "g": "3"}}
    too_long = {"appProperties": {"k": "v" * 124}}
    assert refusal(lambda: drive.files().update(fileId=file_id, body=too_long).execute())[0] == 400
    too_many = {"appProperties": {str(number): "" for number in range(31)}}
    assert refusal(lambda: drive.files().update(fileId=file_id, body=too_many).execute())[0] == 400


@pytest.mark.parametrize("resumable", [False, True])
def test_new_bytes_replace_old_ones_under_the_same_id(drive, meera, resumable):
    file_id = upload(drive, b"old")["id"]
    media = MediaIoBaseUpload(io.BytesIO(BYTES), "text/plain", chunksize=CHUNK, resumable=resumable)
    drive.files().update(fileId=file_id, media_body=media).execute()
    assert meera.files[file_id].content == BYTES
    assert meera.files[file_id].md5 == md5_of(BYTES)


def test_a_deleted_file_is_gone_and_a_second_delete_is_404(drive, meera):
    file_id = upload(drive)["id"]
    assert drive.files().delete(fileId=file_id).execute() == ""
    assert file_id not in meera.files
    status, reason, body = refusal(lambda: drive.files().delete(fileId=file_id).execute())
    assert (status, reason) == (404, "notFound")
    assert body["error"]["message"] == f"File not found: {file_id}."


def test_trash_sharing_and_moving_out_are_refused_in_the_folder(drive):
    file_id = upload(drive)["id"]
    reason = (403, "notSupportedForAppDataFolderFiles")
    assert refusal(lambda: drive.files().update(fileId=file_id, body={"trashed": True}).execute())[:2] == reason
    share = {"type": "anyone", "role": "reader"}
    assert refusal(lambda: drive.permissions().create(fileId=file_id, body=share).execute())[:2] == reason
    move = {"fileId": file_id, "addParents": "root", "removeParents": "appDataFolder"}
    assert refusal(lambda: drive.files().update(**move).execute())[:2] == reason


def test_the_scope_opens_only_the_hidden_folder(drive):
    assert refusal(lambda: drive.files().list().execute())[:2] == (403, "insufficientScopes")
    assert refusal(lambda: drive.files().create(body={"name": "x"}).execute())[:2] == (403, "insufficientPermissions")


def test_only_generated_ids_are_taken_and_each_once(drive):
    status, _, body = refusal(lambda: upload(drive, file_id="1madeUpByTheClient"))
    assert (status, body["error"]["message"]) == (400, "The provided file ID is not usable.")
    (file_id,) = drive.files().generateIds(count=1, space="appDataFolder").execute()["ids"]
    upload(drive, file_id=file_id)
    assert refusal(lambda: upload(drive, file_id=file_id))[:2] == (409, "fileIdInUse")
    assert refusal(lambda: upload(drive, file_id=file_id, resumable=True))[:2] == (409, "fileIdInUse")
    assert refusal(lambda: drive.files().generateIds(count=1001, space="appDataFolder").execute())[0] == 400


def test_a_full_account_and_a_full_day_refuse_before_the_bytes_travel(drive, google, meera):
    meera.limit_bytes = 1000
    assert refusal(lambda: upload(drive, bytes(1001), resumable=True))[:2] == (403, "storageQuotaExceeded")
    assert google.requests.of("put") == []
    assert refusal(lambda: upload(drive, bytes(1001)))[:2] == (403, "storageQuotaExceeded")
    meera.limit_bytes, meera.day_upload_limit_bytes = None, 1500
    upload(drive, bytes(1001))
    assert refusal(lambda: upload(drive, bytes(1001)))[:2] == (403, "dailyLimitExceeded")
    google.clock.advance(86_400)
    upload(drive, bytes(1001))


def test_units_are_counted_per_minute_for_a_person_and_the_project(drive, google):
    google.limits.user_units_per_minute = 120
    listed(drive)
    assert refusal(lambda: listed(drive))[:2] == (403, "userRateLimitExceeded")
    google.clock.advance(60)
    listed(drive)
    google.clock.advance(60)
    google.limits.units_per_minute = 100
    listed(drive)
    assert refusal(lambda: drive.files().list(spaces="appDataFolder").execute())[1] == "rateLimitExceeded"


def test_accounts_and_oauth_clients_see_only_their_own_folder(drive, google, meera):
    upload(drive)
    arjun = google.account("arjun@example.org")
    assert arjun.files == {}
    other = google.add_client()
    assert meera.files_of(other.client_id) == {}
    assert len(meera.files) == 1
