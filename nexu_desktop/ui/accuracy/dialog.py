"""The dialog: which model, four figures, the plots, the same as a table, and the calls nobody asked for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.accuracy import Accuracy, Point
from nexu_desktop.domain.chat import ModelRef, Receipt
from nexu_desktop.domain.explain import amounts
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.accuracy import words
from nexu_desktop.ui.accuracy.cards import Cards, label
from nexu_desktop.ui.accuracy.counting_line import CountingLine
from nexu_desktop.ui.accuracy.model_choice import ModelChoice
from nexu_desktop.ui.accuracy.plots_page import PlotsPage
from nexu_desktop.ui.accuracy.table import FigureTable

TITLE = "How good are the estimates?"
NO_ANSWERS = "Send a message: each answer shows here beside its estimate."
NO_CALLS = "Titles and summaries show here with their cost, once they are on in the settings."
SIZE = QSize(940, 660)
AROUND = 32  # px of the window below that stay in sight


class AccuracyDialog(QDialog):
    """Modal to its window. Shows `ref` first if it has answered, else the model that did so last."""

    def __init__(self, desk: Desk, ref: ModelRef | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accuracy")
        self.setWindowTitle(TITLE)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._records = desk.records
        self.models = ModelChoice(self._records.models(), ref)
        self._make()
        self._arrange()
        room = parent.window().size() - QSize(AROUND, AROUND) if parent is not None else SIZE
        self.resize(SIZE.boundedTo(room))
        self.choice.setVisible(self.models.count() > 0)
        self.models.currentIndexChanged.connect(self._show)
        self.others.fill([_call(receipt) for receipt in reversed(self._records.hidden())])
        self.other_calls.setCurrentIndex(int(bool(self.others.rows)))
        self._show()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#accuracy {{ background: {c.background}; }} QLabel {{ color: {c.text}; }}"
            f"#quiet {{ color: {c.muted}; }}"
            f"QTabWidget::pane {{ border: 0; }}"
            f"QTabBar::tab {{ background: transparent; color: {c.muted}; padding: 5px 11px; margin-right: 4px;"
            " border: 2px solid transparent; border-radius: 8px; }"
            f"QTabBar::tab:selected {{ color: {c.text}; background: {c.selection}; }}"
            f"QTabBar::tab:selected:focus {{ border-color: {c.accent}; }}" + buttons.plain_style(c)
        )
        for part in (self.models, self.cards, self.plots, self.answers, self.others, self.counting):
            part.apply_theme(c)

    def _show(self) -> None:
        """The figures of the chosen model."""
        ref = self.models.ref
        figures = Accuracy.of(self._records.receipts(ref)) if ref is not None else Accuracy.of(())
        known = bool(figures.points)
        for either in (self.pictures, self.in_rows):
            either.setCurrentIndex(int(known))
        self.cards.setVisible(known)
        self.counting.show_calibration(self._records.calibration(ref) if ref is not None else None)
        if ref is not None and known:
            self.cards.show_words(words.cards(figures, ref))
            self.answers.fill([_answer(point, ref) for point in reversed(figures.points)])
            self.plots.show_figures(figures, ref)

    def _forget(self) -> None:
        ref = self.models.ref
        if ref is not None:
            self._records.forget_calibration(ref)
            self.counting.show_calibration(self._records.calibration(ref))

    def _make(self) -> None:
        self.cards = Cards()
        self.plots = PlotsPage()
        self.answers = FigureTable(
            "Answers",
            ("Date", "Charged", "Estimated", "Range", "Difference", "Band"),
            ("Date", "Band"),
            "Date",
        )
        self.others = FigureTable(
            "Other calls",
            ("Purpose", "Model", "Date", "Charged", "Estimated"),
            ("Purpose", "Model", "Date"),
            "Model",
        )
        self.pictures = _either(NO_ANSWERS, self.plots)
        self.in_rows = _either(NO_ANSWERS, self.answers)
        self.other_calls = _either(NO_CALLS, self.others)
        self.counting = CountingLine()
        self.counting.reset_wanted.connect(self._forget)
        self.done_button = buttons.plain("Close")
        self.done_button.setAutoDefault(False)
        self.done_button.clicked.connect(self.accept)

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setFont(theme.font(theme.SIZE_CONTROL))
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName("What is shown")
        for page, name in (
            (self.pictures, "Plots"),
            (self.in_rows, "Answers"),
            (self.other_calls, "Other calls"),
        ):
            self.tabs.addTab(page, name)
        self.choice = QWidget()
        head = QHBoxLayout(self.choice)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(theme.GAP_S)
        head.addWidget(label(theme.SIZE_CONTROL, text="Model"))
        head.addWidget(self.models, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.counting, 1)
        foot.addStretch(0)
        foot.addWidget(self.done_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_M)
        column.setSpacing(theme.GAP_M)
        column.addWidget(self.choice)
        column.addWidget(self.cards)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)


def _either(sentence: str, page: QWidget) -> QStackedWidget:
    """A page, or what to do to fill it."""
    words_instead = label(theme.SIZE_TEXT, text=sentence)
    words_instead.setObjectName("quiet")
    words_instead.setAlignment(Qt.AlignmentFlag.AlignCenter)
    words_instead.setWordWrap(True)
    either = QStackedWidget()
    either.addWidget(words_instead)
    either.addWidget(page)
    return either


def _answer(point: Point, ref: ModelRef) -> tuple[str, ...]:
    return (
        words.moment(point.finished_ms),
        words.amount(point.charged, ref),
        words.amount(point.estimated, ref),
        words.spread(point.cost_low, point.cost_high, ref),
        words.change(point.ratio),
        words.band(point.inside),
    )


def _call(receipt: Receipt) -> tuple[str, ...]:
    charged, estimated = amounts(receipt)
    return (
        words.PURPOSES[receipt.purpose],
        words.model_name(receipt.ref),
        words.moment(receipt.finished_ms),
        words.amount(charged, receipt.ref),
        words.amount(estimated, receipt.ref),
    )
