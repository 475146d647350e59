"""Indexes for what an admin's first screen counts: who signed in today, and what was not delivered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_question_sent_once")]

    operations = [
        migrations.AddIndex(
            model_name="sessionslot", index=models.Index(fields=["created_at"], name="session_slot_opened")
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "FAILED")), fields=["due_at"], name="delivery_failed"),
        ),
    ]
