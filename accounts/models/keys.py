"""The marks of the master keys in use."""

from django.db import models
from django.utils import timezone


class MasterKeyMark(models.Model):
    """A master key that ciphertext was or may have been made with; `check_value` tells it from another of that name."""

    kid = models.CharField(max_length=64, unique=True)
    check_value = models.CharField(max_length=128, help_text="Derived from the key; says nothing about it.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "master_key_marks"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.kid
