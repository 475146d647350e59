"""What a worker does for the site itself."""

from celery import shared_task

from coaching.lib import pdf_fonts


@shared_task
def make_fonts() -> None:
    """The fonts of documents in this worker's DATA_DIR, if they are not there yet."""
    pdf_fonts.make_all()
