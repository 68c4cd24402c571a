"""Chips side by side, as many as fit, then on a new line; left or right."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

GAP = 8  # px, both ways


def flow(chips: Iterable[QWidget], width: int, *, at_right: bool = False) -> int:
    """Place `chips` in a parent `width` pixels wide; returns the height they take, 0 for none."""
    top, line = 0, list[QWidget]()
    for chip in chips:
        wanted = chip.sizeHint()
        chip.resize(min(wanted.width(), width), wanted.height())
        if line and _length([*line, chip]) > width:
            top += _place(line, top, width, at_right=at_right) + GAP
            line = []
        line.append(chip)
    return top + _place(line, top, width, at_right=at_right) if line else 0


def _place(line: list[QWidget], top: int, width: int, *, at_right: bool) -> int:
    left = width - _length(line) if at_right else 0
    for chip in line:
        chip.move(left, top)
        left += chip.width() + GAP
    return max(chip.height() for chip in line)


def _length(line: list[QWidget]) -> int:
    return sum(chip.width() for chip in line) + GAP * (len(line) - 1)
