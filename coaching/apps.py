"""The top floor as a Django app: its commands, its system checks, and the Celery application tasks are sent through."""

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Holds no tables."""

    name = "coaching"

    def ready(self) -> None:
        from coaching.lib import field_words

        field_words.install()
        # Both register themselves when imported. Without the second, a web process would send its messages nowhere.
        from coaching import celery, checks  # noqa: F401
