"""What the first paint must not wait for is not imported with the window."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT

LATE = {
    *("httpx", "keyring", "pygments", "pydantic", "genai_prices", "splintr", "cryptography", "truststore"),
    *("pyqtgraph", "numpy"),
    *("markdown_it", "mdit_py_plugins", "ziamath", "latex2mathml"),
}


def loaded_by(module: str) -> set[str]:
    """Which of the late modules are loaded once `module` is, in a fresh process."""
    program = f"import sys, {module}; sys.stdout.write(' '.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return LATE & set(result.stdout.split())


def test_the_window_starts_light() -> None:
    """Importing the program's composition root loads none of the heavy libraries."""
    assert loaded_by("nexu_desktop.app") == set()


def test_a_heavy_import_is_found() -> None:
    """The check sees a heavy library where there is one."""
    assert loaded_by("httpx") >= {"httpx"}
