"""The institute's time zone as one object that looks it up when a time is read or written, and not before."""

from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Institute


class InstituteZone(tzinfo):
    """Whatever zone the institute's row says now. A page without a time asks for no row, so `/healthz` stays cheap."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        return _zone().utcoffset(when)

    def dst(self, when: datetime | None) -> timedelta | None:
        return _zone().dst(when)

    def tzname(self, when: datetime | None) -> str | None:
        return _zone().tzname(when)

    def fromutc(self, when: datetime) -> datetime:
        """The default way round would be wrong for an hour at each end of summer time."""
        zone = _zone()
        return zone.fromutc(when.replace(tzinfo=zone)).replace(tzinfo=self)

    def __str__(self) -> str:
        """What Django hands to the database."""
        return str(_zone())


INSTITUTE_ZONE = InstituteZone()


def _zone() -> ZoneInfo:
    try:
        return Institute.current().zone
    except SynchronousOnlyOperation:  # on the loop: the row as last seen will do
        kept = Institute.kept()
        return kept.zone if kept else ZoneInfo(settings.TIME_ZONE)


def enter_task(**kwargs: Any) -> None:
    """Receiver of Celery's `task_prerun`: mails and exports of a worker say the same times as the pages."""
    timezone.activate(INSTITUTE_ZONE)


def leave_task(**kwargs: Any) -> None:
    """Receiver of Celery's `task_postrun`."""
    timezone.deactivate()


class InstituteCommand(BaseCommand):
    """A command that reads or writes days and times: the institute's, as its pages do."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with timezone.override(INSTITUTE_ZONE):
            return super().execute(*args, **options)
