"""What a worker does for exams: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from exams import closing, comparing, result_news, result_rounds
from exams.judge import judging, rounds, similar


@shared_task(ignore_result=True)
def close_attempts() -> None:
    """Hand in attempts whose time is over; missing a round changes nothing."""
    closing.close_due(now=timezone.now())


@shared_task(ignore_result=True)
def compare_answers() -> None:
    """Compare the answers of tests for which that was asked; what a round leaves, the next one takes."""
    comparing.find_due(now=timezone.now())


@shared_task(ignore_result=True)
def compare_programs() -> None:
    """Compare the programs for questions for which that was asked; what a round leaves, the next one takes."""
    similar.find_due(now=timezone.now())


@shared_task(ignore_result=True)
def tell_results() -> None:
    """Tell who sees results he was not told of; missing a round changes nothing."""
    result_news.tell_due(now=timezone.now())


@shared_task(ignore_result=True)
def reckon_results() -> None:
    """Make results of tests that are over; missing a round changes nothing."""
    result_rounds.reckon_due(now=timezone.now())


@shared_task(ignore_result=True)
def judge_next() -> None:
    """Judge programs until none is left or others shall have their turn; one message more or less changes nothing."""
    judging.judge_next()


@shared_task(ignore_result=True)
def judge_due() -> None:
    """Pick up programs whose worker died or that waited for a judge; missing a round changes nothing."""
    rounds.judge_due(now=timezone.now())
