"""A site for each proof, the big file they share, and a place for figures."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.proof import material, webm
from tests.proof.material import MIB, SIZE_MIB, Material
from tests.proof.running import Admin, ProofSite, admin_of

Note = Callable[..., None]


@pytest.fixture(autouse=True)
def _be_nice() -> None:
    """The machine is shared; what is started from here inherits it."""
    if os.nice(0) < 5:
        os.nice(5 - os.nice(0))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """`note(name=figure, …)` prints figures with the load of the machine."""

    def say(**figures: Any) -> None:
        load = " ".join(f"{value:.1f}" for value in os.getloadavg())
        told = ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
                         for name, value in figures.items())  # fmt: skip
        print(f"\n[{time.strftime('%H:%M:%S')} load {load}] {request.node.name}: {told}")  # noqa: T201

    return say


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder on the ordinary disk that goes away with all that is in it."""
    path = Path(tempfile.mkdtemp(prefix="classcrew-proof-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def site(folder: Path) -> Iterator[ProofSite]:
    site = ProofSite(folder / f"data-{folder.name}")
    try:
        site.begin()
        yield site
    finally:
        site.clean_up()


@pytest.fixture
def admin(site: ProofSite) -> Iterator[Admin]:
    with admin_of(site) as admin:
        yield admin


@pytest.fixture(scope="session")
def material_folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="classcrew-material-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def big_file(material_folder: Path) -> Material:
    """`PROOF_MIB` of noise."""
    return material.noise(material_folder / "scanned-papers.bin", SIZE_MIB * MIB)


@pytest.fixture(scope="session")
def video(material_folder: Path, browser: Browser) -> Material:  # noqa: F811 - the fixture
    """`PROOF_MIB` of video, a picture of another colour each second."""
    page = browser.new_page()
    pictures = webm.frames(page)
    page.close()
    path, mark = material_folder / "lecture-optics.webm", os.urandom(16)
    seconds = webm.write(path, pictures, SIZE_MIB * MIB, mark, material.MARK_EVERY_BYTES)
    middle = len(pictures[0]) // 2
    sample = pictures[0][middle : middle + 48]
    return Material(path, mark, material.digest_of_file(path), seconds, sample)
