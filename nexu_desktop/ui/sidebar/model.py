"""Conversations as list rows, grouped by day; a group title is a row of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from nexu_desktop.domain.chat import Conversation
from nexu_desktop.domain.credits import show_spent

CONVERSATION_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class ConversationList(QAbstractListModel):
    """Rows are group titles (str) and Conversation values."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str | Conversation] = []

    def show(self, conversations: tuple[Conversation, ...], today: date) -> None:
        self.beginResetModel()
        self._rows = []
        for conversation in conversations:
            group = group_of(conversation.updated_ms, today)
            if group not in self._rows:
                self._rows.append(group)
            self._rows.append(conversation)
        self.endResetModel()

    def row_of(self, cid: str) -> int:
        """-1 where it is not shown."""
        for number, row in enumerate(self._rows):
            if isinstance(row, Conversation) and row.id == cid:
                return number
        return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == CONVERSATION_ROLE:
            return row if isinstance(row, Conversation) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row if isinstance(row, str) else title_of(row)
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(row, Conversation):
            return f"{title_of(row)}, {show_spent(row.spent, row.spent_play) or '0'} credits charged"
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, Conversation):
            return title_of(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def title_of(conversation: Conversation) -> str:
    return conversation.title or "New conversation"


def group_of(updated_ms: int, today: date) -> str:
    day = datetime.fromtimestamp(updated_ms / 1000).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last 7 days" if day > today - timedelta(days=7) else "Earlier"
