"""Prompts and assistants in one dialog, a tab for each."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.library_dialog.presets_page import PresetsPage
from nexu_desktop.ui.library_dialog.prompts_page import PromptsPage

WIDTH, HEIGHT = 800, 560
PROMPTS, ASSISTANTS = 0, 1


class LibraryDialog(QDialog):
    """What is typed is kept at once; closing it loses nothing. `changed`: names or figures may be others."""

    changed = Signal()

    def __init__(self, parent: QWidget, desk: Desk, ref: ModelRef, page: int = PROMPTS) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.setWindowTitle("Prompts and assistants")
        self.resize(min(WIDTH, parent.width()), min(HEIGHT, parent.height()))
        self.prompts = PromptsPage(desk, ref.model)
        self.presets = PresetsPage(desk, ref)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.prompts, "Prompts")
        self.tabs.addTab(self.presets, "Assistants")
        self.tabs.setCurrentIndex(page)
        self.tabs.setAccessibleName("Prompts and assistants")
        self.done_button = buttons.plain("Close")
        self.done_button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GAP_L, 0, theme.GAP_L, theme.GAP_L)
        foot.addStretch(1)
        foot.addWidget(self.done_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, theme.GAP_S, 0, 0)
        rows.addWidget(self.tabs, 1)
        rows.addLayout(foot)
        self.done_button.clicked.connect(self.accept)
        for part in (self.prompts, self.presets):
            part.changed.connect(self.changed)

    def done(self, result: int) -> None:
        """Escape, Close and the window's own button come here."""
        self.prompts.flush()
        self.presets.form.flush()
        self.presets.flush()
        super().done(result)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#library {{ background: {c.card}; }}"
            "QTabWidget::pane { border: 0; }"
            f"QTabBar::tab {{ background: transparent; color: {c.muted}; padding: 8px 14px; margin-left: 8px;"
            " border: 0; border-bottom: 2px solid transparent; }"
            f"QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}"
            f"QTabBar::tab:focus {{ color: {c.accent}; }}"
            + self.presets.form.fields_style(c)
            + f"QListWidget {{ background: {c.panel}; border: 1px solid {c.line}; outline: 0; color: {c.text};"
            " border-radius: 8px; padding: 4px; }"
            f"QListWidget:focus {{ border: 2px solid {c.accent}; padding: 3px; }}"
            "QListWidget::item { padding: 6px; border-radius: 6px; }"
            f"QListWidget::item:selected {{ background: {c.selection}; color: {c.text}; }}"
            f"QCheckBox {{ color: {c.text}; }} QCheckBox:focus {{ color: {c.accent}; }}"
            f"QLabel#state {{ color: {c.warning}; }}" + buttons.plain_style(c) + scroll_bars.style(c)
        )
        self.prompts.hidden.setStyleSheet(buttons.link_style(c))
        for page in (self.prompts, self.presets):
            page.names.undo.apply_theme(c)
