"""The palettes can be read: contrasts as WCAG 2 computes them."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from nexu_desktop.domain.chat import Lane
from nexu_desktop.ui.lane_chip import lane_colours
from nexu_desktop.ui.theme import CONTRAST, DARK, LIGHT, Colours, colours

PALETTES = pytest.mark.parametrize("c", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weak(pairs: dict[str, tuple[str, str]], least: float) -> list[str]:
    figures = {name: contrast(*pair) for name, pair in pairs.items()}
    return [f"{name}: {figure:.2f}" for name, figure in figures.items() if figure < least]


def test_the_measure_knows_black_on_white() -> None:
    """21 is the greatest contrast there is, 1 the smallest."""
    assert [round(contrast("#000000", "#ffffff"), 2), contrast("#777777", "#777777")] == [21.0, 1.0]


@PALETTES
def test_text_stands_out_from_every_ground_it_lies_on(c: Colours) -> None:
    """At least 4.5 for what has to be read."""
    grounds = ("background", "panel", "card", "selection", "accent_soft", "warning_soft")
    pairs = {f"text on {name}": (c.text, getattr(c, name)) for name in grounds}
    for ink in ("muted", "accent", "bad"):
        pairs |= {f"{ink} on {name}": (getattr(c, ink), getattr(c, name)) for name in grounds[:3]}
    for name in ("background", "card"):
        pairs[f"warning on {name}"] = (c.warning, getattr(c, name))
    for name in ("code_keyword", "code_string", "code_number"):
        pairs[f"{name} on panel"] = (getattr(c, name), c.panel)
    pairs["on_accent on accent"] = (c.on_accent, c.accent)
    pairs["bad on the chosen row"] = (c.bad, c.selection)
    assert weak(pairs, 4.5) == []


@PALETTES
def test_captions_can_be_made_out(c: Colours) -> None:
    """At least 3 for captions, placeholders, comments in code, and the words on the lane chips."""
    pairs = {f"faint on {name}": (c.faint, getattr(c, name)) for name in ("background", "panel", "card")}
    pairs |= {lane.value: lane_colours(lane, c)[::-1] for lane in Lane}
    pairs["code_comment on panel"] = (c.code_comment, c.panel)
    assert weak(pairs, 3.0) == []


@PALETTES
def test_the_focus_ring_is_seen(c: Colours) -> None:
    """At least 3 between the ring and what is around it."""
    pairs = {name: (c.accent, getattr(c, name)) for name in ("background", "panel", "card", "selection")}
    assert weak(pairs, 3.0) == []


@PALETTES
def test_colours_are_six_digit_hex(c: Colours) -> None:
    """Stylesheets and SVG take the same form."""
    assert [value for value in astuple(c) if len(value) != 7 or not value.startswith("#")] == []


def test_high_contrast_is_high() -> None:
    """At least 7, which WCAG calls enhanced, for all that has to be read; edges are as plain as text."""
    inks = ("text", "muted", "faint", "accent", "warning", "bad", "line", "code_comment", "code_keyword")
    grounds = ("background", "panel", "card")
    pairs = {
        f"{ink} on {on}": (getattr(CONTRAST, ink), getattr(CONTRAST, on)) for ink in inks for on in grounds
    }
    assert weak(pairs, 7.0) == []


@pytest.mark.parametrize(("theme", "wanted"), [("system", CONTRAST), ("light", LIGHT), ("dark", DARK)])
def test_the_system_asks_for_contrast(monkeypatch: pytest.MonkeyPatch, theme: str, wanted: Colours) -> None:
    """Followed unless a person chose a theme."""
    monkeypatch.setattr("nexu_desktop.ui.theme.system_wants_contrast", lambda: True)
    assert colours(theme) is wanted
