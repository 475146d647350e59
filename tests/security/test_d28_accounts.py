"""Nobody is there before somebody makes him, and the demo institute does not come to a real one (D28)."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_d28_no_account_comes_with_the_product() -> None:
    assert not User.objects.exists()


def test_d28_demo_refuses_outside_demo_and_debug_unless_somebody_says_yes(settings) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("demo")
    with pytest.raises(CommandError):
        call_command("demo", "--reset", "--yes")
    assert not User.objects.exists()


def test_d28_demo_refuses_in_the_production_profile(project_dir: Path, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-this-test-" + "x" * 50,
        "CLASSCREW_MASTER_KEYS": "k1:" + base64.b64encode(bytes(range(32))).decode(),
        "BASE_URL": "https://pragati.example",
        "ALLOWED_HOSTS": "pragati.example",
        "DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "demo"]
    refused = subprocess.run(command, cwd=project_dir, env=environment, capture_output=True, text=True, timeout=100)
    assert refused.returncode != 0
    assert "--yes" in refused.stderr
    assert not list(tmp_path.glob("*.sqlite3"))
