"""What comes by drag, drop and paste and is a file: paths, or an image that has no path."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QImageWriter
from PySide6.QtWidgets import QWidget

AS_IT_IS = ("image/png", "image/jpeg", "image/webp", "image/gif")


def has_files(data: QMimeData) -> bool:
    """Whether it is to be attached rather than written; a text that comes with its picture is written."""
    return bool(paths(data)) or (data.hasImage() and (data.hasUrls() or not data.hasText()))


def paths(data: QMimeData) -> list[str]:
    """Of files on this computer; none if there is an address of another kind among them."""
    urls = data.urls()
    return [url.toLocalFile() for url in urls] if all(url.isLocalFile() for url in urls) else []


def image_bytes(data: QMimeData) -> bytes:
    """The bytes as they were offered, else its pixels as a PNG; empty where there is no image."""
    for kind in AS_IT_IS:
        if data.hasFormat(kind):
            return bytes(data.data(kind).data())
    image = data.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return b""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


class FileDrop(QObject):
    """Watches widgets for files dragged over them; a text that is dragged goes its usual way."""

    hovering = Signal(bool)
    dropped = Signal(QMimeData)

    def watch(self, widget: QWidget) -> None:
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        if not isinstance(event, QDragEnterEvent | QDragMoveEvent | QDropEvent):
            return False
        if not has_files(event.mimeData()):
            return False
        event.acceptProposedAction()
        self.hovering.emit(kind != QEvent.Type.Drop)
        if kind == QEvent.Type.Drop:
            self.dropped.emit(event.mimeData())
        return True
