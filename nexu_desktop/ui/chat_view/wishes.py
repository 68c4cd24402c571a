"""What a person wants done with a message, as one value that rows hand up; the core decides and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtWidgets import QWidget


class Want(StrEnum):
    EDIT = "edit"  # show the edit box
    TYPED = "typed"  # the edit box says `text` now
    RESEND = "resend"  # ask `text` in its place
    CANCEL = "cancel"  # close the edit box
    REGENERATE = "regenerate"
    ANOTHER_MODEL = "another model"  # regenerate, with a model that is chosen first
    PREVIOUS = "previous"  # show the branch before this one
    NEXT = "next"
    DELETE = "delete"
    QUOTE = "quote"  # `text` into the composer
    PRICE = "price"  # what REGENERATE would cost


@dataclass(frozen=True, slots=True)
class Wish:
    """`say` takes the answer in words, at once or later, as long as `asker` lives (PRICE and TYPED)."""

    want: Want
    message: str
    text: str = ""
    asker: QWidget | None = None
    say: Callable[[str], None] | None = None
