"""Why a machine has no sandbox: each cause as a finding with the command that mends it."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from exams.sandbox import seccomp
from exams.sandbox.languages import PACKAGES
from exams.sandbox.protocol import Finding

OLDEST = (0, 7)
_PROFILE = (
    "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap {bwrap} flags=(unconfined) {{ userns, }}\\n'"
    " > /etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap"
)
_COMPOSE = "Of the judge's container alone: security_opt: [seccomp=unconfined, apparmor=unconfined], cap_drop: [ALL]"
_INSTALL = "apt install bubblewrap"


def error(code: str, message: str, fix: str = "") -> Finding:
    """One of those with which nothing is run."""
    return Finding(code, "error", message, fix)


def warning(code: str, message: str, fix: str = "") -> Finding:
    """One of those that only say what is weaker."""
    return Finding(code, "warning", message, fix)


def machine() -> Finding | None:
    """E001: what no command mends."""
    if sys.platform != "linux":
        return error(
            "E001", f"Programs are run on Linux only, and this is {sys.platform}.", "Judge on a Linux machine."
        )
    if not seccomp.supported():
        message = f"There is no list of system calls for this processor ({os.uname().machine})."
        return error("E001", message, "Judge on x86_64 or aarch64.")
    return None


def bubblewrap(path: str) -> tuple[str, str, Finding | None]:
    """Where it is, its version, and what is wrong with it: E002, E003. `path` "" looks on PATH."""
    found = path or shutil.which("bwrap") or ""
    if not found or not os.access(found, os.X_OK):
        return found, "", error("E002", f"bubblewrap is not {f'at {found}' if found else 'installed'}.", _INSTALL)
    if Path(found).stat().st_mode & stat.S_ISUID:
        message = f"{found} is setuid: programs would be started by root's hand."
        return found, "", error("E003", message, f"chmod u-s {found}")
    try:
        done = subprocess.run([found, "--version"], capture_output=True, timeout=5, check=False, env={}, cwd="/")
        version = re.search(rb"(\d+)\.(\d+)[.\d]*", done.stdout)
    except (OSError, subprocess.TimeoutExpired):
        version = None
    if not version:
        return found, "", error("E002", f"{found} does not say its version.", f"{_INSTALL} --reinstall")
    if (int(version[1]), int(version[2])) < OLDEST:
        message = f"{found} is {version[0].decode()}; 0.7 is the oldest that bounds its directories."
        return found, version[0].decode(), error("E002", message, _INSTALL)
    return found, version[0].decode(), None


def refusal(said: str, bwrap: str, settings: Path = Path("/proc/sys")) -> Finding:
    """E100 to E103: why bubblewrap could not start a program, by its own words and the machine's settings."""
    if _setting(settings, "user/max_user_namespaces") == "0":
        message = "User namespaces are switched off (user.max_user_namespaces is 0)."
        return error("E102", message, "sysctl -w user.max_user_namespaces=15000")
    if _setting(settings, "kernel/unprivileged_userns_clone") == "0":
        message = "User namespaces are for root only (kernel.unprivileged_userns_clone is 0)."
        return error("E102", message, "sysctl -w kernel.unprivileged_userns_clone=1")
    if _setting(settings, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        message = f"AppArmor lets no ordinary program make user namespaces: {said}"
        return error("E101", message, _PROFILE.format(bwrap=bwrap))
    if "not permitted" in said or "No permissions" in said:
        message = f"This container (its seccomp profile) lets nobody make namespaces: {said}"
        return error("E103", message, _COMPOSE)
    return error("E100", f"bubblewrap starts nothing here: {said}", f"{bwrap} --unshare-all --ro-bind / / /bin/true")


def missing(language: str, title: str) -> Finding:
    """E120: that language is hidden, the others stay."""
    return warning("E120", f"{title} is not installed: it is not offered.", f"apt install {PACKAGES[language]}")


def _setting(settings: Path, name: str) -> str:
    try:
        return (settings / name).read_text().strip()
    except OSError:
        return ""
