"""An index for what is too old to keep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_first_screens")]

    operations = [
        migrations.AddIndex(
            model_name="notification", index=models.Index(fields=["created_at"], name="notification_age")
        ),
    ]
