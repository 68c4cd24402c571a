"""A temperature in hundredths, shown as people write it; one step below zero it is the model's own."""

from __future__ import annotations

import re

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from nexu_desktop.domain.presets import TEMPERATURE_MAX
from nexu_desktop.ui import spin_boxes

STEP = 10
OWN = -STEP
_FIGURE = re.compile(r"([0-9]?)(?:[.,]([0-9]{0,2}))?")


class TemperatureBox(QSpinBox):
    def __init__(self) -> None:
        super().__init__()
        spin_boxes.prepare(self)
        self.setRange(OWN, TEMPERATURE_MAX)
        self.setSingleStep(STEP)
        self.setSpecialValueText("Model’s own")
        self.setAccessibleName("Temperature")
        self.setToolTip("0 always picks the likeliest word, 2 is wild. Some models take none.")

    def temperature(self) -> int | None:
        return None if self.value() < 0 else self.value()

    def set_temperature(self, hundredths: int | None) -> None:
        self.setValue(OWN if hundredths is None else hundredths)

    def textFromValue(self, value: int) -> str:
        return f"{value // 100}.{value % 100:02}" if value >= 0 else ""

    def valueFromText(self, text: str) -> int:
        found = _hundredths(text)
        return OWN if found is None else min(found, TEMPERATURE_MAX)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Digits as they come; the words for the model's own value are no figure."""
        if not text.strip():
            return QValidator.State.Intermediate, text, place
        found = _hundredths(text)
        fine = text == self.specialValueText() or (found is not None and found <= TEMPERATURE_MAX)
        return QValidator.State.Acceptable if fine else QValidator.State.Invalid, text, place


def _hundredths(text: str) -> int | None:
    """Of '0.7', '0,7' or '.5'; None for anything else, finer figures included."""
    match = _FIGURE.fullmatch(text.strip())
    if match is None or not match[1] + (match[2] or ""):
        return None
    return int(match[1] or "0") * 100 + int((match[2] or "").ljust(2, "0"))
