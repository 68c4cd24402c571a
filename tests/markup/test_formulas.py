"""Formulas become paths within bounds, or nothing."""

from __future__ import annotations

import pytest

from nexu_desktop.markup import formulas
from nexu_desktop.markup.formulas import CHARS_MAX, COLOUR, drawn, known


def test_formula_has_paths_and_a_base_line() -> None:
    """A fraction reaches below the base line; the colour can be put in."""
    made = drawn(r"\frac{a}{b}", display=False, size=14)
    assert made is not None
    assert min(made.width, made.ascent, made.descent) > 0
    assert COLOUR in made.svg
    assert COLOUR not in made.coloured("#ffffff")


@pytest.mark.parametrize(
    "source",
    [
        r"\sum_{i=1}^{n} \frac{\partial^2 f(x_i)}{\partial x_i^2} + \sqrt{\alpha^2+\beta^2} \leq 1",
        r"x=\frac{-b\pm\sqrt{b^2-4ac}}{2a}",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{cases} x & y \\ z & w \end{cases}",
        r"\mathbb{R}, \nabla \cdot \vec{E} = \text{if } 中",
    ],
)
def test_usual_formulas_are_drawn(source: str) -> None:
    """What answers hold in practice is within the bounds."""
    assert drawn(source, display=True, size=16) is not None


@pytest.mark.parametrize(
    "source",
    [
        "x" * (CHARS_MAX + 1),
        "x+" * 249,
        "{" * 200 + "}" * 200,
        r"\sqrt{" * 70 + "}" * 70,
        r"\sqrt" * 60 + "x",
        r"\frac{1}{" * 40 + "x" + "}" * 40,
        r"\left(" * 30 + "x" + r"\right)" * 30,
        "x^{" * 100 + "}" * 100,
        r"\begin{matrix}" * 9 + "x" + r"\end{matrix}" * 9,
        r"\frac{a}{",
        "^^",
        r"\begin{matrix}" + "&" * 400 + r"\end{matrix}",
    ],
)
def test_hostile_formulas_are_left_as_source(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long, too deep or broken: refused before anything is drawn."""
    drawings: list[str] = []
    monkeypatch.setattr(formulas, "_measured", lambda svg: drawings.append(svg))
    assert drawn(source, display=True, size=15) is None
    assert drawings == []


def test_drawings_are_kept() -> None:
    """The second time answers at once."""
    assert not known("z_9", display=False, size=14)
    assert drawn("z_9", display=False, size=14) is drawn("z_9", display=False, size=14)
    assert known("z_9", display=False, size=14)
