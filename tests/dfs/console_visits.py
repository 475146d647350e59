"""Visits to the console that its tests share."""

from typing import Any

from django.test import Client

from dfs.models import DriveAccount

HOME = "/dfs/"


def text_of(client: Client, url: str = HOME, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code in (200, 286), response.status_code
    return response.content.decode()


def files_of(client: Client, **query: Any) -> str:
    """The part of the page that lists the files."""
    return text_of(client, **query).split('id="files"')[1].split('id="log-title"')[0]


def lose(drive: DriveAccount, state: str = DriveAccount.State.LOST) -> None:
    DriveAccount.objects.filter(pk=drive.pk).update(state=state)
