"""The card above the composer: which assistant this conversation has, its fields, and a name to keep them under."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from nexu_desktop.domain.presets import NAME_CHARS, PLAIN, Manner, Preset
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.assistant.manner_form import MannerForm, caption
from nexu_desktop.ui.choice_box import ChoiceBox
from nexu_desktop.ui.layer import Layer

WIDTH, HEIGHT = 520, 380
NONE, OWN = "None", "Own settings"


class AssistantPanel(Layer):
    """`chosen` carries a Manner as a whole, `changed` one after an edit; `saved` a name, `updated` a Preset."""

    chosen = Signal(object)
    changed = Signal(object)
    saved = Signal(str)
    updated = Signal(object)
    manage_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Assistant of this conversation", WIDTH)
        self._base: Preset | None = None  # chosen last: what a change can be kept in
        self.names = ChoiceBox()
        self.form = MannerForm()
        self.name = QLineEdit()
        self.save = buttons.plain("Save as assistant")
        self.update_button = buttons.link("Update")
        self.manage = buttons.link("Manage…")
        self.state = caption("")
        self._arrange()
        self.names.activated.connect(self._choose)
        self.form.changed.connect(self._edited)
        self.save.clicked.connect(self._save)
        self.name.returnPressed.connect(self._save)
        self.name.textChanged.connect(lambda _: self._refresh())
        self.update_button.clicked.connect(lambda: self.updated.emit(self._changed_base()))
        self.manage.clicked.connect(self._manage)
        self.closed.connect(self.form.flush)

    def show_for(self, presets: Sequence[Preset], manner: Manner, anchor: QWidget) -> None:
        self._base = None
        self.fill(presets, manner)
        self.open_at(anchor, self.names)

    def fill(self, presets: Sequence[Preset], manner: Manner) -> None:
        """After a change: the names, and which of them it is now."""
        self.form.show_manner(manner)
        mine = next((one for one in presets if one.manner == manner), None)
        self._base = mine or self._base
        self.names.clear()
        self.names.addItem(NONE, None)
        for one in presets:
            self.names.addItem(_shown(one), one)
        if mine is None and manner != PLAIN:
            self.names.addItem(OWN, None)
        place = presets.index(mine) + 1 if mine else 0 if manner == PLAIN else self.names.count() - 1
        self.names.setCurrentIndex(place)
        self._refresh()

    def show_cost(self, words: str) -> None:
        """What the system prompt costs on every send."""
        self.form.cost.setText(words)

    def tell(self, words: str) -> None:
        """One sentence: what was kept, or why it was not."""
        self.state.setText(words)

    def wanted_height(self, width: int) -> int:
        return max(HEIGHT, self.card.sizeHint().height())

    def apply_theme(self, c: theme.Colours) -> None:
        self.card.setStyleSheet(self.card_style(c) + self.form.fields_style(c) + buttons.plain_style(c))
        for link in (self.manage, self.update_button):
            link.setStyleSheet(buttons.link_style(c))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(focused, QPushButton):
            focused.click()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _choose(self, place: int) -> None:
        preset = self.names.itemData(place)
        if isinstance(preset, Preset):
            self._base = preset
            self.chosen.emit(preset.manner)
        elif self.names.itemText(place) == NONE:
            self._base = None
            self.chosen.emit(PLAIN)

    def _edited(self, manner: Manner) -> None:
        self.changed.emit(manner)

    def _save(self) -> None:
        if self.name.text().strip():
            self.form.flush()
            self.saved.emit(self.name.text())

    def _manage(self) -> None:
        self.close_layer()
        self.manage_wanted.emit()

    def _changed_base(self) -> Preset | None:
        base = self._base
        return Preset(base.id, base.name, self.form.manner(), base.default) if base else None

    def _refresh(self) -> None:
        base = self._base
        differs = base is not None and base.manner != self.form.manner()
        self.update_button.setVisible(differs)
        if base is not None:
            name = visible_code(base.name)
            self.update_button.setText(f"Update “{name[:24]}”")
            self.update_button.setAccessibleName(f"Update {name} with these settings")
        self.save.setEnabled(bool(self.name.text().strip()))
        self.state.setText("")

    def _arrange(self) -> None:
        title = QLabel("Assistant of this conversation")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold))
        self.names.setAccessibleName("Assistant")
        self.names.setFont(theme.font(theme.SIZE_CONTROL))
        self.name.setPlaceholderText("Name, to keep it")
        self.name.setAccessibleName("Name of a new assistant")
        self.name.setMaxLength(NAME_CHARS)
        self.name.setFont(theme.font(theme.SIZE_CONTROL))
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.manage)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_S)
        foot.addWidget(self.name, 1)
        foot.addWidget(self.save)
        below = QHBoxLayout()
        below.addWidget(self.state, 1)
        below.addWidget(self.update_button)
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_M)
        rows.setSpacing(theme.GAP_M)
        rows.addLayout(head)
        rows.addWidget(self.names)
        rows.addWidget(self.form, 1)
        rows.addLayout(foot)
        rows.addLayout(below)


def _shown(preset: Preset) -> str:
    name = visible_code(preset.name)
    return f"{name} (default)" if preset.default else name
