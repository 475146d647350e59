"""Indexes that hold all an admin's first screen counts of sessions: who came today, and who is here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_bell_choice"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="sessionslot",
            name="session_slot_live",
        ),
        migrations.AddIndex(
            model_name="sessionslot",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["user", "created_at", "last_seen_at"],
                name="session_slot_live",
            ),
        ),
        migrations.AddIndex(
            model_name="sessionslot",
            index=models.Index(fields=["user", "created_at"], name="session_slot_of_user"),
        ),
    ]
