"""The walk through what was sent, and the queue of files, without a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QValidator
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.ui.assistant.temperature_box import TemperatureBox
from nexu_desktop.ui.composer.recall import Recall
from nexu_desktop.ui.reading_queue import Job, Read, ReadingQueue

SENT = st.lists(st.text(min_size=1, max_size=4), max_size=8, unique=True)


@given(SENT, st.text(max_size=4), st.lists(st.booleans(), max_size=30))
def test_the_draft_is_never_lost(sent: list[str], draft: str, steps: list[bool]) -> None:
    """Whatever way was walked, going down far enough brings it back."""
    recall, shown = Recall(lambda: sent), draft
    for older in steps:
        found = recall.older(shown) if older else recall.newer(shown)
        shown = shown if found is None else found
        assert shown in (*sent, draft)
    for _ in range(len(sent) + 1):
        shown = recall.newer(shown) if recall.walks(shown) else shown
    assert shown == draft or draft in sent


def test_each_step_shows_another_text() -> None:
    """A draft that equals the newest is passed over."""
    recall = Recall(lambda: ("b", "a"))
    assert (recall.older("b"), recall.older("a"), recall.newer("a")) == ("a", None, "b")


def test_a_changed_text_begins_a_new_walk() -> None:
    """And is what the new walk comes back to."""
    recall = Recall(lambda: ("b", "a"))
    recall.older("")
    assert recall.newer("b!") is None
    assert (recall.older("b!"), recall.newer("b")) == ("b", "b!")


def read() -> Read:
    return Attachment("i", AttachmentKind.TEXT, "a", "text/plain", 1, "x"), b""


def test_one_at_a_time_in_order() -> None:
    """Whatever conversation they are for; each counts its own."""
    queue = ReadingQueue()
    jobs = [Job("c1", "a", read), Job("c2", "b", read), Job("c1", "c", read)]
    queue.add(jobs)
    seen = []
    while (job := queue.next()) is not None:
        assert queue.next() is None
        seen.append((job.name, queue.words("c1"), queue.words("c2")))
        queue.end(job)
        queue.troubles(job.cid)
    assert seen == [
        ("a", "Reading a (1 of 2)…", "Reading b…"),
        ("b", "Reading c (2 of 2)…", "Reading b…"),
        ("c", "Reading c (2 of 2)…", ""),
    ]


def test_troubles_are_told_once_all_is_done() -> None:
    """And a stopped batch tells none; what is still being read for it is nobody's."""
    queue, trouble = ReadingQueue(), BadInput("x")
    queue.add([Job("c", "a", read), Job("c", "b", read)])
    first = queue.next()
    assert first is not None
    assert queue.end(first)
    queue.tell("c", trouble)
    assert queue.troubles("c") is None
    second = queue.next()
    assert second is not None
    queue.end(second)
    assert (queue.troubles("c"), queue.troubles("c")) == ((trouble,), None)
    queue.add([Job("c", "a", read)])
    third = queue.next()
    assert third is not None
    queue.stop("c")
    assert (queue.end(third), queue.words("c"), queue.next()) == (False, "", None)


@pytest.mark.parametrize(
    ("typed", "hundredths"),
    [("0", 0), ("1", 100), ("0.7", 70), ("0,7", 70), (".5", 50), ("2.00", 200), ("Model’s own", None)],
)
def test_a_temperature_is_typed_as_people_write_it(qtbot: QtBot, typed: str, hundredths: int | None) -> None:
    """With point or comma; the words mean the model's own."""
    box = TemperatureBox()
    qtbot.addWidget(box)
    box.setValue(30)
    box.lineEdit().setText(typed)
    box.interpretText()
    assert box.temperature() == hundredths


@pytest.mark.parametrize("typed", ["3", "2.01", "-1", "0.123", "warm", "1.0.0"])
def test_what_is_no_temperature_can_not_be_typed(qtbot: QtBot, typed: str) -> None:
    """Above two, below zero, finer than hundredths, and words."""
    box = TemperatureBox()
    qtbot.addWidget(box)
    assert box.validate(typed, 0)[0] is QValidator.State.Invalid


def test_every_temperature_reads_back(qtbot: QtBot) -> None:
    """As it is shown."""
    box = TemperatureBox()
    qtbot.addWidget(box)
    assert [box.valueFromText(box.textFromValue(value)) for value in range(201)] == list(range(201))
