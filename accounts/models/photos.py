"""People's photos: small, made anew by us, sealed."""

from django.db import models
from django.utils import timezone

from accounts.models.people import User

PHOTO_MAX_BYTES = 40 * 1024


class Photo(models.Model):
    """A person's picture as WebP of at most 40 kB, sealed with the master key ring (purpose `photo`)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="photo")
    sealed = models.BinaryField()
    etag = models.CharField(max_length=32)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "person_photos"

    def __str__(self) -> str:
        return self.etag
