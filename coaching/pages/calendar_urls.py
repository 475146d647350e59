"""Where the calendar is looked at, and read by phones."""

from django.urls import path

from coaching.pages import calendar, feeds

urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("link/", feeds.calendar_feed_page, name="calendar_feed_page"),
    path("link/revoke/", feeds.calendar_feed_revoke, name="calendar_feed_revoke"),
    path("<str:secret>.ics", feeds.calendar_feed, name="calendar_feed"),
    path("<str:secret>.ics/", feeds.calendar_feed_slashed, name="calendar_feed_slashed"),
]
