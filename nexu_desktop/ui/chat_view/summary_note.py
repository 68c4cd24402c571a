"""What stands for earlier messages: one quiet line, its text on a click."""

from __future__ import annotations

from nexu_desktop.domain.chat import Message
from nexu_desktop.ui.chat_view.thoughts import Thoughts

HEADING_CHARS = 80
HEADING = "Summary of earlier messages"


class SummaryNote(Thoughts):
    """Folded like thoughts."""

    def show_message(self, message: Message) -> None:
        self._message = message
        heading, text = heading_and_text(message.text)
        self.toggle.setText(heading)
        self.toggle.setAccessibleName(heading)
        if self.toggle.isChecked():
            self.body.show_text(text, final=True)


def heading_and_text(text: str) -> tuple[str, str]:
    """Its own first line where that is a heading."""
    first, _, rest = text.partition("\n")
    if first.startswith("Summary ") and len(first) <= HEADING_CHARS and rest.strip():
        return first.strip().rstrip(":"), rest.strip()
    return HEADING, text.strip()
