"""Quiet hours and the daily digest: arithmetic of the institute's clock, no database."""

from datetime import datetime, time, timedelta, tzinfo

DIGEST_AT = time(7)


def end_of_quiet(now: datetime, *, begins: time, ends: time, zone: tzinfo) -> datetime:
    """`now`, or the end of the quiet hours it falls into. 22:00 to 6:30 runs over midnight; `ends` is loud again."""
    local = now.astimezone(zone)
    clock = local.time()
    is_over_midnight = ends < begins
    is_quiet = (clock >= begins or clock < ends) if is_over_midnight else begins <= clock < ends
    if not is_quiet:
        return now
    day = local.date() + timedelta(days=1) if is_over_midnight and clock >= begins else local.date()
    end = datetime.combine(day, ends, tzinfo=zone)
    # In the night the clock is put back, an hour comes twice; whoever is quiet in the second one waits for its end.
    return (end if end.timestamp() >= now.timestamp() else end.replace(fold=1)).astimezone(now.tzinfo)


def next_digest(now: datetime, *, zone: tzinfo) -> datetime:
    """The next time after `now` at which digests go out."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, tzinfo=zone).astimezone(now.tzinfo)
