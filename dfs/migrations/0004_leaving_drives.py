from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dfs", "0003_google_drives")]

    operations = [
        migrations.AddField(
            model_name="driveaccount",
            name="leaving_at",
            field=models.DateTimeField(blank=True, help_text="When its owner asked for it back.", null=True),
        ),
        migrations.AddField(
            model_name="driveaccount",
            name="told_state",
            field=models.CharField(
                choices=[
                    ("ACTIVE", "Healthy"),
                    ("FULL", "Full"),
                    ("PAUSED", "Paused"),
                    ("DRAINING", "Moving out"),
                    ("NEEDS_REAUTH", "Sign in again"),
                    ("SUSPECT", "Not answering"),
                    ("LOST", "Lost"),
                ],
                default="ACTIVE",
                help_text="The state its owner last heard of.",
                max_length=16,
            ),
        ),
    ]
