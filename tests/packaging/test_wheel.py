"""The wheel alone, beside its declared dependencies and nothing else, is a whole program."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import nexu_desktop

ROOT = Path(__file__).resolve().parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
RESOURCES = [
    path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file()
]


def run(command: list[str], cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a program that can't see the checkout."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | extra
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def locked_names() -> list[str]:
    """The packages of the run lock that this system's markers select: those that are installed."""
    names = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8"), re.M
    )
    installed = {re.sub(r"[-_.]+", "-", dist.name).lower() for dist in importlib.metadata.distributions()}
    return [name for name in names if name in installed]


def lend(package: str, site: Path) -> None:
    """Let the environment at `site` see one installed distribution."""
    distribution = importlib.metadata.distribution(package)
    for top in {
        file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")
    }:
        source, target = Path(str(distribution.locate_file(top))), site / top
        if target.exists() or not source.exists():
            continue
        if os.name != "nt":
            target.symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built here and now with the locked build backend."""
    folder = tmp_path_factory.mktemp("dist")
    build = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT)
    assert build.returncode == 0, build.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel and its locked dependencies, and no checkout."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, symlinks=os.name != "nt", with_pip=False)
    python = str(home / BIN / "python")
    ask = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home)
    for name in locked_names():
        lend(name, Path(ask.stdout.strip()))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-index",
        "--no-deps",
        "-q",
        str(wheel),
    ]
    install = run(pip, home)
    assert install.returncode == 0, install.stderr
    return home / BIN


def test_the_wheel_carries_its_data(wheel: Path) -> None:
    """Every file of resources/ is inside, byte for byte, and the licence beside the metadata."""
    archive = zipfile.ZipFile(wheel)
    with archive:
        packed = {path: archive.read(f"nexu_desktop/_resources/{path.as_posix()}") for path in RESOURCES}
        names = archive.namelist()
    assert packed == {path: (ROOT / "resources" / path).read_bytes() for path in RESOURCES}
    assert [name for name in names if name.endswith("licenses/LICENSE")] != []


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    """The package, its metadata, and no test, script or lock."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {re.sub(r"-.*\.dist-info", ".dist-info", top) for top in tops} == {
        "nexu_desktop",
        "nexu_desktop.dist-info",
    }


def test_the_checkout_is_out_of_sight(installed: Path, tmp_path: Path) -> None:
    """What runs is the installed copy, and tools of development are absent."""
    program = "import nexu_desktop, importlib.util as u; print(nexu_desktop.__file__, u.find_spec('pytest'))"
    file, pytest_found = run([str(installed / "python"), "-c", program], tmp_path).stdout.split()
    assert (Path(file).is_relative_to(installed.parent), pytest_found) == (True, "None")


def test_the_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    """The console script is there and knows its version."""
    result = run([str(installed / "nexu-desktop"), "--version"], tmp_path)
    assert (result.returncode, nexu_desktop.__version__ in result.stdout) == (0, True), result.stderr


def test_the_rate_card_is_found(installed: Path, tmp_path: Path) -> None:
    """`models --json` reads the card from inside the wheel."""
    result = run([str(installed / "nexu-desktop"), "models", "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)) >= 9


def test_the_window_opens(installed: Path, tmp_path: Path) -> None:
    """The window script starts offscreen, shows itself and leaves when told to."""
    command = [
        str(installed / "nexu-desktop-window"),
        "--quit-after-start",
        "--data-dir",
        str(tmp_path / "data"),
    ]
    result = run(command, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0, result.stderr
