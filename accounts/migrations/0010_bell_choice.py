"""The bell among what a person chooses for a kind of news."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_old_news")]

    operations = [
        migrations.AlterField(
            model_name="notificationchoice",
            name="channel",
            field=models.CharField(
                choices=[
                    ("BELL", "Bell"),
                    ("EMAIL", "E-mail"),
                    ("SMS", "SMS"),
                    ("WHATSAPP", "WhatsApp"),
                    ("PUSH", "Push"),
                ],
                max_length=8,
            ),
        ),
    ]
