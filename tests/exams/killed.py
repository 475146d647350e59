"""A web process is killed at each statement of some saves, one after the other: `python -m tests.exams.killed`.

Each life is a fork that saves twice and hands in, through all of the site's middleware, and tells by a pipe what was
acknowledged. It is killed just after a statement that writes, so before its commit, or before a transaction begins, so
after the commit of the one before. Prints how many were killed and what was wrong, as JSON.
"""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import django

django.setup(set_prefix=False)

from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402

from exams.models import Attempt, AttemptEvent  # noqa: E402
from tests import people  # noqa: E402
from tests.exams import papers  # noqa: E402
from tests.exams.test_saving_races import again  # noqa: E402
from tests.exams.writing import asked, batch, event, kept, said, send  # noqa: E402

BEGINS = ("BEGIN",)
WRITES = ("\nUPDATE", "UPDATE", "INSERT", "DELETE", "SAVEPOINT", "RELEASE", *BEGINS)
Request = tuple[str, dict[str, Any]]


def main() -> None:
    attempt, browser = papers.attempt(), people.signed_in(people.student())
    lives, wrong = 0, []
    for is_after in (False, True):
        number = 1
        while True:
            attempt = again(attempt)
            requests = _requests(attempt)
            acknowledged, was_killed = _live(attempt, requests, browser, number, is_after=is_after)
            if not was_killed:
                break
            wrong += [f"{number} {is_after}: {one}" for one in _wrong(attempt, requests, acknowledged, browser)]
            lives, number = lives + 1, number + 1
    print(json.dumps({"killed": lives, "wrong": wrong}))  # noqa: T201


def _requests(attempt: Attempt) -> list[Request]:
    one, two, three = asked(attempt)
    return [
        ("attempt_responses", batch(said(one, 1, "a"), said(two, 2, "b"), events=[event()])),
        ("attempt_responses", batch(said(one, 3, "c"), said(three, 4, "d"), events=[event()])),
        ("attempt_finish", batch(said(two, 5, None), said(three, 6, "a"))),
    ]


def _live(
    attempt: Attempt, requests: list[Request], browser: Client, number: int, *, is_after: bool
) -> tuple[int, bool]:
    """How many requests were acknowledged, and whether it was killed before all were."""
    connections.close_all()
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        counted = iter(range(1, 10_000))

        def count(execute: Any, sql: str, *given: Any) -> Any:
            is_last = sql.startswith(WRITES if is_after else BEGINS) and next(counted) == number
            if is_last and not is_after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = execute(sql, *given)
            if is_last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        with connection.execute_wrapper(count):
            for to, sent in requests:
                if send(attempt, sent, browser=browser, to=to).status_code == 200:
                    os.write(tell, b".")
        os._exit(0)
    os.close(tell)
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(told, "rb") as pipe:
        return len(pipe.read()), os.WIFSIGNALED(status)


def _wrong(attempt: Attempt, requests: list[Request], acknowledged: int, browser: Client) -> Iterator[str]:
    """What was acknowledged is there, of the next request all or nothing; and the device that repeats ends as ever."""
    found = _found(attempt)
    if found not in (_after(requests, acknowledged), _after(requests, acknowledged + 1)):
        yield f"{acknowledged} acknowledged, found {found}"
    for to, sent in requests[acknowledged:]:
        answer = send(attempt, sent, browser=browser, to=to)
        if answer.status_code != 200:
            yield f"repeated {to}: {answer.status_code} {answer.content[:200]!r}"
    if _found(attempt) != _after(requests, len(requests)):
        yield f"in the end {_found(attempt)}"


def _found(attempt: Attempt) -> tuple[Any, ...]:
    attempt.refresh_from_db()
    answers = {str(question): one for question, one in kept(attempt).items()}
    noted = AttemptEvent.objects.filter(attempt=attempt)
    return answers, attempt.away_count, noted.filter(kind="AWAY").count(), noted.filter(kind="SUBMITTED").count()


def _after(requests: list[Request], count: int) -> tuple[Any, ...]:
    """What is in the database when so many requests were taken, and the attempt's state with it."""
    done = requests[:count]
    answers = {one["question"]: (one["seq"], one["answer"]) for _to, sent in done for one in sent["responses"]}
    left = sum(len(sent.get("events", [])) for _to, sent in done)
    return answers, left, left, int(count >= len(requests))


if __name__ == "__main__":
    main()
