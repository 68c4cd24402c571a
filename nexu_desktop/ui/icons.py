"""One icon set (Lucide), drawn in the colour asked for at the resolution of the screen."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

_directory = Path()


def use(directory: Path) -> None:
    """Where the SVG files lie; called once at start."""
    global _directory
    _directory = directory
    _source.cache_clear()
    QPixmapCache.clear()


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """An icon in `colour`, crisp at `size` logical pixels."""
    return QIcon(pixmap(name, colour, size))


def pixmap(name: str, colour: str, size: int = 16) -> QPixmap:
    """Drawn once: rows ask for theirs each time they are painted."""
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    key = f"icon {name} {colour} {size} {ratio}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = _drawn(name, colour, size, ratio)
        QPixmapCache.insert(key, found)
    return found


def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (_directory / f"{name}.svg").read_text(encoding="utf-8")


def app_icon() -> QIcon:
    """The program's own sign, in its own colours."""
    return icon("nexu-desktop", "#0f766e", 128)
