from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.events import name_events


class DfsConfig(AppConfig):
    name = "dfs"
    verbose_name = _("Files and Drives")

    def ready(self) -> None:
        from accounts.notifications import declare
        from dfs import drive_news

        declare(drive_news.KIND)
        name_events(
            {
                "file.put": _("File stored"),
                "file.rename": _("File renamed"),
                "file.trash": _("File put in the trash"),
                "file.restore": _("File taken back"),
                "file.erase": _("File erased"),
                "job.retry": _("Job tried again"),
                "job.cancel": _("Job cancelled"),
                "job.clear_history": _("Job history cleared"),
                "drive.add": _("Drive lent"),
                "drive.pause": _("Drive paused"),
                "drive.resume": _("Drive used again"),
                "drive.drain": _("Drive being emptied"),
                "drive.relink": _("Drive signed in again"),
                "drive.cap": _("Drive lent with another limit"),
                "drive.unlink": _("Drive asked back by its owner"),
                "drive.keep": _("Drive kept after all"),
                "drive.needs_sign_in": _("Drive needs a sign-in"),
                "drive.lost": _("Drive lost"),
                "drive.full": _("Drive full for an hour"),
                "drive.silent": _("Drive silent for an hour"),
                "drive.forget": _("Drive taken off the list"),
                "store.verify": _("Verification started"),
                "store.heal": _("Rebuild started"),
                "store.sample": _("Sample opened"),
                "store.gc": _("Unexplained pieces removed"),
                "store.recover": _("Registry rebuilt from the Drives"),
                "keys.rotate": _("Master key changed"),
                "keys.retire": _("Master key retired"),
                "store.wake": _("Worker woken"),
            }
        )
