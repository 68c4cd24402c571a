"""Arranges the panes; no logic."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from nexu_desktop.ui import theme, window_keys
from nexu_desktop.ui.actions import Commands
from nexu_desktop.ui.banner import NoticeBar, SandboxBanner
from nexu_desktop.ui.chat_view.view import ChatView
from nexu_desktop.ui.composer.composer import Composer
from nexu_desktop.ui.header import Header
from nexu_desktop.ui.sidebar.sidebar import Sidebar

if TYPE_CHECKING:
    from nexu_desktop.ui.budget_question import BudgetQuestion
    from nexu_desktop.ui.context_panel.place import ContextPlace
    from nexu_desktop.ui.estimate_sheet.sheet import EstimateSheet
    from nexu_desktop.ui.model_picker.picker import ModelPicker

FIRST_SIZE = QSize(1280, 800)
FRAME = QSize(16, 48)  # at most, of title bar and borders: how wide they are is known only once it shows
FOLD_BELOW = 820  # logical pixels: a narrower window keeps its width for reading


class MainWindow(QWidget):
    """`closing` is emitted once, before the window goes."""

    closing = Signal()
    model_picked = Signal(object)
    favourites_changed = Signal(object)
    sort_changed = Signal(str)
    theme_wanted = Signal(str)
    settings_wanted = Signal()
    new_wanted = Signal()
    way_chosen = Signal(object)
    context_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Nexu Desktop")
        self.setMinimumSize(640, 480)
        self.resize(FIRST_SIZE)
        self.commands = Commands(self)
        self.sidebar = Sidebar()
        self.banner = SandboxBanner()
        self.header = Header()
        self.notice = NoticeBar()
        self.chat = ChatView()
        self.composer = Composer()
        self._picker: ModelPicker | None = None
        self._sheet: EstimateSheet | None = None
        self._context_place: ContextPlace | None = None
        self._question: BudgetQuestion | None = None
        self._colours = theme.LIGHT
        self._folded_by_person: bool | None = None
        self.chat.trouble.connect(self.notice.say)
        self._arrange()
        window_keys.bind(self)

    def apply_theme(self, colours: theme.Colours) -> None:
        self._colours = colours
        for layer in (self._picker, self._sheet, self._question):
            if layer is not None:
                layer.apply_theme(colours)
        if self._context_place is not None:
            self._context_place.panel.apply_theme(colours)
        QApplication.setPalette(theme.palette(colours))
        self.setStyleSheet(f"#window, #column {{ background: {colours.background}; }}")
        for pane in (self.sidebar, self.banner, self.header, self.notice, self.chat, self.composer):
            pane.apply_theme(colours)

    @property
    def picker(self) -> ModelPicker:
        """Made when it is first wanted: a start does not pay for it."""
        if self._picker is None:
            from nexu_desktop.ui.model_picker.picker import ModelPicker

            self._picker = ModelPicker(self)
            self._picker.apply_theme(self._colours)
            self._picker.picked.connect(self.model_picked)
            self._picker.favourites_changed.connect(self.favourites_changed)
            self._picker.sort_changed.connect(self.sort_changed)
        return self._picker

    @property
    def sheet(self) -> EstimateSheet:
        """What the estimate is made of; made when it is first wanted."""
        if self._sheet is None:
            from nexu_desktop.ui.estimate_sheet.sheet import EstimateSheet

            self._sheet = EstimateSheet(self)
            self._sheet.apply_theme(self._colours)
            self._sheet.picked.connect(self.model_picked)
            self._sheet.way_chosen.connect(self.way_chosen)
        return self._sheet

    @property
    def question(self) -> BudgetQuestion:
        """What a budget asks, above the composer; made when one first asks."""
        if self._question is None:
            from nexu_desktop.ui.budget_question import BudgetQuestion

            self._question = BudgetQuestion()
            self._question.apply_theme(self._colours)
            self.above_composer(self._question)
        return self._question

    def above_composer(self, widget: QWidget) -> None:
        widget.setMaximumWidth(theme.READING_WIDTH)
        self._foot.insertWidget(0, widget)

    @property
    def context_place(self) -> ContextPlace:
        """The context inspector; made when it is first wanted."""
        if self._context_place is None:
            from nexu_desktop.ui.context_panel.panel import ContextPanel
            from nexu_desktop.ui.context_panel.place import ContextPlace

            self._context_place = ContextPlace(ContextPanel(), self, self.column, self._row)
            self._context_place.panel.apply_theme(self._colours)
        return self._context_place

    def geometry_text(self) -> str:
        return base64.b64encode(bytes(self.saveGeometry().data())).decode()

    def restore_geometry(self, text: str) -> None:
        """A place that no longer fits a screen is mended by Qt; without one, all of the window is on the screen."""
        if not text or not self.restoreGeometry(QByteArray.fromBase64(QByteArray(text.encode()))):
            self.resize(FIRST_SIZE.boundedTo(self.screen().availableGeometry().size() - FRAME))

    def toggle_sidebar(self) -> None:
        self._folded_by_person = self.sidebar.isVisible()
        self.sidebar.setVisible(not self._folded_by_person)

    def search_everything(self, text: str = "") -> None:
        """`text` goes into the field; without one what is there stays."""
        self.sidebar.setVisible(True)
        if text:
            self.sidebar.search.setText(text)
        self.sidebar.search.setFocus()

    def raise_up(self) -> None:
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < FOLD_BELOW
        self.sidebar.setVisible(not (narrow if self._folded_by_person is None else self._folded_by_person))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def _arrange(self) -> None:
        column = self.column = QWidget()
        column.setObjectName("column")
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for pane in (self.banner, self.header, self.notice):
            rows.addWidget(pane)
        rows.addWidget(self.chat, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GAP_L, theme.GAP_S, theme.GAP_L, theme.GAP_L + 4)
        foot.addStretch(1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(theme.GAP_S)
        self._foot.addWidget(self.composer)
        foot.addLayout(self._foot, 1_000)
        foot.addStretch(1)
        self.composer.setMaximumWidth(theme.READING_WIDTH)
        rows.addLayout(foot)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(column, 1)
