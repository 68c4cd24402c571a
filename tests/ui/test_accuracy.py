"""The page “How good are the estimates?”: figures, plots by mouse and key, tables, and the reset."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import ModelRef, Purpose
from nexu_desktop.ui import theme
from nexu_desktop.ui.accuracy.dialog import NO_ANSWERS, NO_CALLS, AccuracyDialog
from nexu_desktop.ui.accuracy.plot import Plot
from tests.architecture.source import ROOT
from tests.ui.accuracy_values import GLM, LOCAL, OWN, FakeRecords, answered, desk_with


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    widget.resize(900, 600)
    qtbot.addWidget(widget)
    return widget


def opened(qtbot: QtBot, host: QWidget, records: FakeRecords, ref: ModelRef | None = None) -> AccuracyDialog:
    """Shown, with its plots in their places."""
    dialog = AccuracyDialog(desk_with(records), ref, host)
    dialog.apply_theme(theme.LIGHT)
    dialog.show()
    qtbot.waitUntil(lambda: len(dialog.plots.plots) == 4, timeout=30_000)
    if dialog.plots.isVisible():
        qtbot.waitUntil(lambda: min(plot.width() for plot in dialog.plots.plots) > 200)
    return dialog


def many(count: int, ref: ModelRef = GLM) -> FakeRecords:
    """Every fourth answer is above its band."""
    return FakeRecords(*(answered(number, 700 if number % 4 == 3 else 320, ref) for number in range(count)))


def figures(dialog: AccuracyDialog) -> list[str]:
    return [card.figure.text() for card in dialog.cards.cards]


def sentence(dialog: AccuracyDialog) -> str:
    page = dialog.tabs.currentWidget()
    labels = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    return labels[0] if labels else ""


# --- figures ---


def test_without_answers_the_next_step_is_said(qtbot: QtBot, host: QWidget) -> None:
    """No empty plots, no model to choose, nothing to reset."""
    dialog = opened(qtbot, host, FakeRecords())
    assert sentence(dialog) == NO_ANSWERS
    shown = (dialog.choice.isVisible(), dialog.cards.isVisible(), dialog.counting.isVisible())
    assert shown == (False, False, False)
    dialog.tabs.setCurrentIndex(2)
    assert sentence(dialog) == NO_CALLS


def test_answers_from_before_estimates_were_kept_count_as_none(qtbot: QtBot, host: QWidget) -> None:
    """Their model can be chosen, their charges are in the journal."""
    dialog = opened(qtbot, host, FakeRecords(replace(answered(), expected=None)))
    assert (sentence(dialog), dialog.choice.isVisible()) == (NO_ANSWERS, True)


def test_four_figures(qtbot: QtBot, host: QWidget) -> None:
    """Median error of 0.32 against 0.28; nine of twelve inside; a quarter of the output is reasoning."""
    dialog = opened(qtbot, host, many(12))
    assert figures(dialog) == ["±13 %", "9 of 12", "25 %", "0.32"]
    notes = [card.note.text().replace("\n", " ") for card in dialog.cards.cards]
    assert notes[0] == "half are closer; length ±20 % in sum 48 % more than estimated"
    assert notes[1] == "75 % of 12 answers, 80 % are meant to be"
    assert notes[3] == "mean 0.42 9 of 10 at most 0.70"


def test_one_answer_is_enough(qtbot: QtBot, host: QWidget) -> None:
    """A dot, no line yet."""
    dialog = opened(qtbot, host, many(1))
    assert figures(dialog)[1] == "1 of 1"
    curve = dialog.plots.plots[0].curve
    assert curve is not None
    assert (len(curve.dots), curve.line) == (1, (None,))


def test_own_keys_are_in_dollars_and_local_models_in_tokens(qtbot: QtBot, host: QWidget) -> None:
    """The name of a model is shown as it is, whoever wrote it."""
    rows = [answered(number, ref=ref) for number in range(6) for ref in (OWN, LOCAL)]
    dialog = opened(qtbot, host, FakeRecords(*rows), OWN)
    assert dialog.models.currentText() == "通义千问 <b> (Your key, OpenAI)"
    assert figures(dialog)[3] == "$0.3200"
    dialog.models.setCurrentIndex(dialog.models.findText("smollm2 (Local)"))
    assert (figures(dialog)[3], dialog.cards.cards[3].title.text()) == ("1,000", "Tokens per answer")
    titles = [plot.curve.title for plot in dialog.plots.plots if plot.curve]
    assert (titles[0], titles[3]) == ("Length ÷ likely length", "Tokens per answer")


def test_the_model_asked_for_comes_first(qtbot: QtBot, host: QWidget) -> None:
    """Else the one that answered last."""
    rows = FakeRecords(answered(1, ref=GLM), answered(2, ref=OWN))
    assert opened(qtbot, host, rows, GLM).models.ref == GLM
    assert opened(qtbot, host, rows, LOCAL).models.ref == OWN


def test_the_dialog_fits_into_a_small_window(qtbot: QtBot, host: QWidget) -> None:
    """900 x 600 holds it, whatever it shows."""
    dialog = opened(qtbot, host, many(40))
    assert (dialog.width() <= 900, dialog.height() <= 600) == (True, True)
    assert dialog.minimumSizeHint().height() <= 568


# --- plots ---


@pytest.fixture
def plot(qtbot: QtBot, host: QWidget) -> Plot:
    return opened(qtbot, host, many(12)).plots.plots[0]


def test_a_plot_that_needs_more_answers_says_so(qtbot: QtBot, host: QWidget) -> None:
    """The running coverage begins with the fifth; dots are there from the first on."""
    shown = {}
    for count in (4, 5):
        dialog = opened(qtbot, host, many(count))
        shown[count] = [plot.empty.text() for plot in dialog.plots.plots]
        dialog.close()
    assert shown == {4: ["", "Shown from the 5th answer on", "", ""], 5: [""] * 4}


def test_the_band_fits_into_its_plot(qtbot: QtBot, host: QWidget) -> None:
    """Also where every answer was cheaper than it could have been."""
    curve = opened(qtbot, host, many(3)).plots.plots[3].curve
    assert curve is not None
    assert curve.highest >= max(edges[1] for edges in curve.band if edges)


def test_arrow_keys_go_from_answer_to_answer(plot: Plot) -> None:
    """From the newest back; never beyond the ends; Escape lets go and only then closes."""
    plot.setFocus()
    for key, place in (
        (Qt.Key.Key_Left, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_End, 11),
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_Escape, None),
    ):
        QTest.keyClick(plot, key)
        assert plot.place == place
    assert plot.window().isVisible()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not plot.window().isVisible()


def test_the_words_on_an_answer_are_said_and_shown(plot: Plot) -> None:
    """Charged, estimated, how far apart, in the band or not; also to a screen reader."""
    plot.point_at(3)
    lines = plot.told().split("\n")
    assert lines[1:] == ["0.70 charged, 0.28 estimated", "+150 %, outside the band"]
    assert (plot._tip.isVisible(), plot._tip.text()) == (True, plot.told())
    assert plot.accessibleDescription() == plot.told()
    plot.point_at(None)
    assert plot._tip.isHidden()
    assert plot.accessibleDescription() == (
        "Charged ÷ estimated, 12 answers. Of late half of the answers were above 1.14 times the estimate. "
        "Arrow keys go from answer to answer."
    )


def test_the_pointer_finds_the_nearest_answer(plot: Plot) -> None:
    """Over each dot its own words; off the plot none."""
    view = plot._canvas.getViewBox()
    for place in (0, 7, 11):
        scene = view.mapViewToScene(QPointF(place + 0.3, 0))
        QTest.mouseMove(plot._view.viewport(), plot._view.mapFromScene(scene))
        assert plot.place == place
    plot.eventFilter(plot._view.viewport(), QEvent(QEvent.Type.Leave))
    assert plot.place is None


def test_the_tip_stays_inside_its_plot(qtbot: QtBot, host: QWidget) -> None:
    """At both ends, top and bottom."""
    cheap_and_dear = [answered(number, 2_500 if number % 3 else 3) for number in range(12)]
    dialog = opened(qtbot, host, FakeRecords(*cheap_and_dear))
    for plot in dialog.plots.plots:
        for place in range(12):
            plot.point_at(place)
            assert plot.rect().contains(plot._tip.geometry())


def test_every_plot_says_its_figures(qtbot: QtBot, host: QWidget) -> None:
    """Name and description in words, dots and tips of one number."""
    dialog = opened(qtbot, host, many(60))
    said = [plot.accessibleDescription() for plot in dialog.plots.plots]
    assert [text.split(". ")[1] for text in said] == [
        "Of late half of the answers were above 1.14 times the estimate",
        "37 of the last 50 were inside",
        "25 % of all output tokens",
        "Half of the answers are at most 0.32",
    ]
    for plot in dialog.plots.plots:
        assert plot.curve is not None
        assert len(plot.curve.tips) == len(plot.curve.line) == 60
        assert plot.accessibleName() == plot.curve.title


def test_a_change_of_theme_recolours_and_keeps_the_place(qtbot: QtBot, host: QWidget) -> None:
    """The ground of the drawing follows; the answer pointed at stays."""
    dialog = opened(qtbot, host, many(12))
    plot = dialog.plots.plots[0]
    plot.point_at(4)
    dialog.apply_theme(theme.DARK)
    assert plot._canvas.backgroundBrush().color().name() == theme.DARK.card
    assert plot.place == 4


# --- tables ---


def test_answers_as_a_table_newest_first(qtbot: QtBot, host: QWidget) -> None:
    """The same figures without a picture."""
    dialog = opened(qtbot, host, many(4))
    assert [row[1:] for row in dialog.answers.rows[:2]] == [
        ("0.70", "0.28", "0.11 to 0.61", "+150 %", "outside"),
        ("0.32", "0.28", "0.11 to 0.61", "+14 %", "inside"),
    ]
    dialog.tabs.setCurrentIndex(1)
    said = dialog.answers.model().index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Charged: 0.70"


def test_calls_that_no_message_asked_for(qtbot: QtBot, host: QWidget) -> None:
    """With their purpose, of every model; they are not among the answers."""
    title = answered(7, 20, purpose=Purpose.TITLE)
    summary = answered(8, 30, OWN, purpose=Purpose.SUMMARY)
    dialog = opened(qtbot, host, FakeRecords(answered(), title, summary), GLM)
    assert [(*row[:2], *row[3:]) for row in dialog.others.rows] == [
        ("Summary", "通义千问 <b> (Your key, OpenAI)", "$0.0300", "$0.2800"),
        ("Title", "glm-5 (Credits)", "0.02", "0.28"),
    ]
    assert len(dialog.answers.rows) == 1


def test_escape_in_a_table_closes_the_dialog(qtbot: QtBot, host: QWidget) -> None:
    """As everywhere else in it."""
    dialog = opened(qtbot, host, many(4))
    dialog.tabs.setCurrentIndex(1)
    dialog.answers.setFocus()
    QTest.keyClick(dialog.answers, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# --- counting ---


def test_reset_asks_first(qtbot: QtBot, host: QWidget) -> None:
    """What was learned is kept, or forgotten for this model alone."""
    records = many(12)
    counting = opened(qtbot, host, records).counting
    assert counting.text.text() == "Input counting: ±2 %, from 37 answers"
    counting.reset.click()
    assert (records.forgotten, counting.reset.isVisible()) == ([], False)
    counting.keep.click()
    assert (records.forgotten, counting.text.text()) == ([], "Input counting: ±2 %, from 37 answers")
    counting.reset.click()
    counting.confirm.click()
    assert records.forgotten == [GLM]
    assert counting.text.text() == "Input counting: not checked yet"
    assert (counting.reset.isVisible(), counting.reset.isEnabled()) == (True, False)


# --- loading ---


def test_the_window_starts_without_the_library_of_the_plots() -> None:
    """Neither pyqtgraph nor numpy is loaded by the program or by the dialog's own module."""
    program = (
        "import sys, nexu_desktop.app, nexu_desktop.ui.accuracy.dialog;"
        "sys.stdout.write(str({'pyqtgraph', 'numpy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()"


def test_the_program_ends_while_the_library_is_loading() -> None:
    """Opened and quit at once: no crash, no hanging thread."""
    program = (
        "from PySide6.QtWidgets import QApplication;"
        "from tests.ui.accuracy_values import FakeRecords, answered, desk_with;"
        "from nexu_desktop.ui.accuracy.dialog import AccuracyDialog;"
        "app = QApplication([]); dialog = AccuracyDialog(desk_with(FakeRecords(answered())));"
        "dialog.show(); app.processEvents(); dialog.close(); print('gone')"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, "gone\n")


def test_a_dialog_closed_before_its_plots_are_loaded(qtbot: QtBot, host: QWidget) -> None:
    """The message of the loading thread finds nobody, and nothing breaks."""
    dialog = AccuracyDialog(desk_with(many(3)), GLM, host)
    dialog.show()
    with qtbot.waitSignal(dialog.destroyed, timeout=5_000):
        dialog.close()
    again = opened(qtbot, host, many(3))
    QTest.mouseMove(again.plots.plots[0], QPoint(1, 1))
    assert again.isVisible()
