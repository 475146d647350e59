from django.db import migrations, models

STATES = [
    ("ACTIVE", "Healthy"),
    ("FULL", "Full"),
    ("PAUSED", "Paused"),
    ("DRAINING", "Moving out"),
    ("NEEDS_REAUTH", "Sign in again"),
    ("SUSPECT", "Not answering"),
    ("LOST", "Lost"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("dfs", "0006_asked_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="driveaccount",
            name="seen_state",
            field=models.CharField(
                choices=STATES, default="ACTIVE", help_text="The state when last looked for news.", max_length=16
            ),
        ),
        migrations.AddField(
            model_name="driveaccount",
            name="seen_at",
            field=models.DateTimeField(
                blank=True, help_text="The first of these looks that found it so.", null=True
            ),
        ),
        migrations.AddField(
            model_name="driveaccount",
            name="signed_in_at",
            field=models.DateTimeField(blank=True, help_text="When its owner last gave us a sign-in.", null=True),
        ),
    ]
