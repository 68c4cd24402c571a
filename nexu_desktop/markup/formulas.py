"""A formula in TeX to SVG paths by ziamath, or nothing where it is too costly or no formula.

ziamath's time doubles with each level of nesting, so the cost is reckoned on the MathML before it is drawn.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from html import unescape
from threading import Event, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from ziamath.zmath import Latex

CHARS_MAX = 500
COST_MAX = 720  # nodes, each weighed with 2 ** its depth: at most 250 ms, a usual formula 5 to 15
DEPTH_MAX = 40
KEPT = 500
COLOUR = "#010203"  # stands for the colour of the text; nobody else writes it
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')
_TAG = re.compile(r"<(\w+)")
_DRAWN = {"svg", "path", "rect", "line", "g"}
_NO_LEVEL = {"math", "mstyle", "mtr", "mtd", "semantics"}


@dataclass(frozen=True, slots=True)
class Formula:
    """Paths in the colour COLOUR; pixels above and below the base line."""

    svg: str
    width: float
    ascent: float
    descent: float

    def coloured(self, colour: str) -> str:
        return self.svg.replace(COLOUR, colour)


_known: dict[tuple[str, bool, int], Formula | None] = {}


_keeping = Lock()  # an export may draw in a worker
_loaded = Event()


def known(source: str, *, display: bool, size: int) -> bool:
    """Whether `drawn` would answer at once."""
    return (source, display, size) in _known or len(source) > CHARS_MAX


def drawn(source: str, *, display: bool, size: int) -> Formula | None:
    """The formula at a font size in pixels, None where it is shown as its source. 200 ms more unless `is_warm`."""
    if len(source) > CHARS_MAX:
        return None
    key = (source, display, size)
    with _keeping:
        if key in _known:
            return _known[key]
    made = _draw(source, display, size)
    with _keeping:
        while len(_known) >= KEPT:
            del _known[next(iter(_known))]
        _known[key] = made
    return made


def warm() -> None:
    """Load library and fonts, once. For a worker: 200 ms."""
    drawn("x", display=False, size=14)


def is_warm() -> bool:
    return _loaded.is_set()


def _draw(source: str, display: bool, size: int) -> Formula | None:
    try:
        latex, element = _ziamath(), _mathml(source, display)
        if _cost(element) > COST_MAX:
            return None
        return _measured(latex(source, size=size, color=COLOUR, inline=not display).svg())
    except Exception:  # noqa: BLE001 - whatever a parser stumbles over, the reader gets the source
        return None
    finally:
        _loaded.set()


def _mathml(source: str, display: bool) -> Element:
    from latex2mathml.converter import convert_to_element

    return convert_to_element(source, display="block" if display else "inline")


@cache
def _ziamath() -> type[Latex]:
    with warnings.catch_warnings():  # it finds its fonts by a call that is deprecated in Python 3.11
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config
        from ziamath.zmath import Latex

    config.svg2 = False  # paths instead of symbols, which Qt does not know
    return Latex


def _measured(svg: str) -> Formula | None:
    found = _SIZE.search(svg)
    if found is None or not set(_TAG.findall(svg)) <= _DRAWN:
        return None
    width, height, _, top = (float(found[n]) for n in (1, 2, 3, 4))
    return Formula(svg, width, -top, height + top)


def _cost(root: Element) -> float:
    total = 0.0
    open_: list[tuple[Element, int]] = [(root, 0)]
    while open_ and total <= COST_MAX:
        element, depth = open_.pop()
        tag = element.tag.rpartition("}")[2]
        level = tag not in _NO_LEVEL and len(element) > (tag == "mrow")
        total += 2.0 ** min(depth, DEPTH_MAX)
        if not len(element):
            total += 2.0 ** min(depth, DEPTH_MAX) * max(len(unescape(element.text or "")) - 1, 0)
        open_ += [(child, depth + level) for child in element]
    return total
