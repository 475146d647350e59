"""Tables of batches, a module for each subject."""

from batches.models.batches import Batch, Subject, Teaching
from batches.models.enrolments import BatchInvitation, Enrolment, JoinCode, JoinRequest
from batches.models.feeds import CalendarFeed
from batches.models.holidays import Holiday
from batches.models.places import Room, Venue
from batches.models.timetable import ClassSession, WeeklySlot

__all__ = [
    "Batch",
    "BatchInvitation",
    "CalendarFeed",
    "ClassSession",
    "Enrolment",
    "Holiday",
    "JoinCode",
    "JoinRequest",
    "Room",
    "Subject",
    "Teaching",
    "Venue",
    "WeeklySlot",
]
