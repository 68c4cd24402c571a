"""Saves the code of a card to a file that the person names."""

from __future__ import annotations

import re

from PySide6.QtCore import QDir, QIODevice, QSaveFile
from PySide6.QtWidgets import QFileDialog, QWidget

_ENDING = re.compile(r"\*(\.\w{1,10})")


def suggested_name(language: str) -> str:
    """'code.py' for Python; the ending is that of files in the language, '.txt' where it is not known."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        patterns = get_lexer_by_name(language.lower()).filenames if language else []
    except ClassNotFound:
        patterns = []
    endings = (match[1] for match in map(_ENDING.fullmatch, patterns) if match is not None)
    return f"code{next(endings, '.txt')}"


def save_code(parent: QWidget, language: str, code: str) -> str:
    """Ask for a place and write there, whole or not at all. Returns why that failed, '' where it did not."""
    start = QDir.home().filePath(suggested_name(language))
    place, _ = QFileDialog.getSaveFileName(parent, "Save this code", start)
    if not place:
        return ""
    file, data = QSaveFile(place), code.encode("utf-8", "replace") + b"\n"
    written = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()
    return "" if written else file.errorString()
