"""Import and export from the window."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QShortcut
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.export import Format
from nexu_desktop.engine import Engine
from nexu_desktop.services.exports import Exports
from nexu_desktop.services.imports import Imports, Preview, State
from nexu_desktop.services.transfer_port import Cancelled, Progress
from nexu_desktop.ui import theme
from nexu_desktop.ui.actions import action
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.transfer import import_dialog
from nexu_desktop.ui.transfer.export_dialog import ExportDialog
from nexu_desktop.ui.transfer.import_dialog import ImportDialog
from nexu_desktop.ui.transfer.job import Job
from nexu_desktop.ui.transfer.opener import TransferOpener
from tests.adapters import foreign
from tests.adapters.foreign import as_file
from tests.services.house import House

(EXPORT_KEYS,), (IMPORT_KEYS,), (PRINT_KEYS,) = (action(name).keys for name in ("export", "import", "print"))


@pytest.fixture
def bridge(qapp: object) -> Iterator[Bridge]:
    engine = Engine()
    yield Bridge(engine)
    engine.close()


@pytest.fixture
def dialog(qtbot: QtBot, imports: Imports, bridge: Bridge) -> ImportDialog:
    made = ImportDialog(imports, bridge)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.apply_theme(theme.DARK)
    qtbot.addWidget(made)
    made.show()
    return made


def on_page(dialog: ImportDialog, page: int) -> bool:
    return dialog.pages.currentIndex() == page


def looked_at(qtbot: QtBot, dialog: ImportDialog, path: Path) -> None:
    dialog.drop.chosen.emit(path)
    qtbot.waitUntil(lambda: on_page(dialog, import_dialog.PREVIEW), timeout=10_000)


class TestImport:
    def test_from_a_dropped_file_to_the_store_and_back(
        self, qtbot: QtBot, dialog: ImportDialog, house: House, tmp_path: Path
    ) -> None:
        """Look, untick one, import, undo: each step says what it did."""
        path = as_file(tmp_path, [foreign.claude("a", name="First"), foreign.claude("b", name="Second")])
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        drop = QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        dialog.drop.dropEvent(drop)
        qtbot.waitUntil(lambda: on_page(dialog, import_dialog.PREVIEW), timeout=10_000)
        assert dialog.preview.head.text() == "Claude export"
        assert dialog.preview.facts.text() == "a.bin · 2 conversations · 4 messages"
        assert "2 tool calls and results" in dialog.preview.left_out.text()
        assert dialog.main_button.text() == "Import 2 conversations"
        assert house.chats.conversations() == ()
        qtbot.keyClick(dialog.preview.table, Qt.Key.Key_Space)
        assert dialog.main_button.text() == "Import 1 conversation"
        assert dialog.preview.all.checkState() is Qt.CheckState.PartiallyChecked
        with qtbot.waitSignal(dialog.changed):
            dialog.main_button.click()
        assert on_page(dialog, import_dialog.DONE)
        assert dialog.outcome.text() == "1 conversation imported, 2 messages."
        assert len(house.chats.conversations()) == 1
        with qtbot.waitSignal(dialog.changed):
            dialog.undo_button.click()
        assert dialog.outcome.text() == "Undone: 1 conversation as before."
        assert house.chats.conversations() == ()

    def test_a_file_that_cannot_be_read_says_why(
        self, qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
    ) -> None:
        """And another one can be chosen at once."""
        dialog.drop.chosen.emit(as_file(tmp_path, b"nothing"))
        qtbot.waitUntil(dialog.drop.problem.isVisible, timeout=10_000)
        assert "no conversations in a.bin" in dialog.drop.problem.text()
        looked_at(qtbot, dialog, as_file(tmp_path, [foreign.claude()]))
        assert not dialog.drop.problem.isVisible()

    def test_what_is_here_already_cannot_be_ticked(
        self, qtbot: QtBot, dialog: ImportDialog, imports: Imports, tmp_path: Path
    ) -> None:
        """It is shown, without a box; there is nothing to import then."""
        path = as_file(tmp_path, [foreign.claude()])
        preview = imports.preview(path, foreign.quiet, foreign.never)
        imports.run(preview, preview.wanted, foreign.quiet, foreign.never)
        looked_at(qtbot, dialog, path)
        (row,) = dialog.preview.rows.rows
        assert row.state is State.SAME
        qtbot.keyClick(dialog.preview.table, Qt.Key.Key_Space)
        dialog.preview.all.click()
        assert not dialog.main_button.isEnabled()
        assert "1 here already" in dialog.preview.facts.text()

    def test_a_filter_narrows_what_all_means(
        self, qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
    ) -> None:
        """What is out of sight stays as it was."""
        looked_at(qtbot, dialog, as_file(tmp_path, [foreign.claude(str(n), name=f"T{n}") for n in range(12)]))
        dialog.preview.search.setText("t1")
        assert [row.title for row in dialog.preview.rows.rows] == ["T1", "T10", "T11"]
        dialog.preview.all.click()
        assert len(dialog.preview.rows.chosen) == 9
        dialog.preview.search.clear()
        dialog.preview.all.click()
        assert len(dialog.preview.rows.chosen) == 12

    def test_titles_are_plain_text(self, qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
        """Markup and control characters of a file steer nothing."""
        looked_at(qtbot, dialog, as_file(tmp_path, [foreign.claude(name="<img src=/x.png>\x1b")]))
        index = dialog.preview.rows.index(0, 0)
        assert index.data() == "<img src=/x.png>␛"
        assert "<img" not in index.data(Qt.ItemDataRole.ToolTipRole)

    def test_closing_stops_the_work(
        self, qtbot: QtBot, dialog: ImportDialog, imports: Imports, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is called off where it is; what comes of it nobody is told any more, and nothing breaks."""
        began, given_up, called_off = threading.Event(), threading.Event(), []

        def endless(path: Path, progress: Progress, cancelled: Cancelled) -> Preview:
            began.set()
            while not cancelled() and not given_up.wait(0.001):
                pass
            called_off.append(cancelled())
            return Preview(path, (0, 0), (), (), ())

        monkeypatch.setattr(imports, "preview", endless)
        dialog.drop.chosen.emit(Path("a.zip"))
        qtbot.waitUntil(began.is_set)
        job = dialog._job
        assert job is not None
        ended: list[object] = []
        monkeypatch.setattr(job, "_end", lambda *end: ended.append(end) or Job._end(job, *end))
        dialog.reject()
        try:
            qtbot.waitUntil(lambda: bool(ended))
        finally:
            given_up.set()
        assert on_page(dialog, import_dialog.WORK)
        assert called_off == [True]


class TestExport:
    @pytest.fixture
    def open_dialog(self, qtbot: QtBot, house: House, exports: Exports, bridge: Bridge) -> Any:
        def make(cid: str) -> ExportDialog:
            everything = [one.id for one in house.chats.conversations()]
            made = ExportDialog(exports, house.settings, bridge, cid, everything)
            made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
            made.apply_theme(theme.LIGHT)
            qtbot.addWidget(made)
            made.show()
            return made

        return make

    @pytest.mark.parametrize("format_", list(Format))
    def test_one_conversation(
        self, qtbot: QtBot, house: House, open_dialog: Any, tmp_path: Path, format_: Format
    ) -> None:
        """In each format, to the place that was chosen."""
        dialog = open_dialog(house.talk("Hello you"))
        dialog.formats[format_].click()
        target = tmp_path / f"out{format_.ending}"
        dialog.write(target)
        qtbot.waitUntil(dialog.state.isVisible, timeout=20_000)
        assert dialog.state.text() == f"Written to {target}"
        assert target.stat().st_size > 100

    def test_all_of_them_into_a_zip(
        self, qtbot: QtBot, house: House, open_dialog: Any, tmp_path: Path
    ) -> None:
        """The choice is there again the next time."""
        cid = house.talk("One")
        house.talk("Two")
        dialog = open_dialog(cid)
        for button in (dialog.all, dialog.as_zip, dialog.formats[Format.HTML], dialog.receipts):
            button.click()
        dialog.write(tmp_path / "all.zip")
        qtbot.waitUntil(dialog.state.isVisible, timeout=20_000)
        assert dialog.state.text().startswith("2 conversations written to ")
        again = open_dialog(cid)
        assert again.format is Format.HTML
        assert (again.receipts.isChecked(), again.reasoning.isChecked(), again.as_zip.isChecked()) == (
            True,
            False,
            True,
        )

    def test_the_name_is_suggested_and_no_answer_writes_nothing(
        self, house: House, open_dialog: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """From the title, in the folder of last time."""
        house.settings.update(export_folder=str(tmp_path))
        cid = house.talk("Hello: you?")
        asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *one: (asked.append(one[2]), ("", ""))[1])
        dialog = open_dialog(cid)
        dialog.main_button.click()
        assert asked == [str(tmp_path / "Hello- you-.md")]
        assert not dialog.progress.isVisible()

    def test_a_place_that_refuses_is_said(
        self, qtbot: QtBot, house: House, open_dialog: Any, tmp_path: Path
    ) -> None:
        """With the next step, and the dialog stays."""
        dialog = open_dialog(house.talk("Hi"))
        dialog.write(tmp_path / "none" / "x.md")
        qtbot.waitUntil(dialog.state.isVisible, timeout=10_000)
        assert "Choose a folder that is there." in dialog.state.text()
        assert dialog.main_button.isVisible()

    def test_json_is_always_whole(self, house: House, open_dialog: Any) -> None:
        """So there is nothing to choose."""
        dialog = open_dialog(house.talk("Hi"))
        dialog.formats[Format.JSON].click()
        assert not dialog.receipts.isEnabled()
        dialog.formats[Format.PDF].click()
        assert dialog.receipts.isEnabled()


@pytest.fixture
def opener(qtbot: QtBot, house: House, imports: Imports, exports: Exports, bridge: Bridge) -> TransferOpener:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    cid = house.talk("Hi")
    return TransferOpener(window, house.desk, imports, exports, bridge, lambda: cid)


def test_keys_open_the_dialogs(opener: TransferOpener) -> None:
    """One at a time."""
    window = opener.parent()
    assert isinstance(window, MainWindow)
    keys = {one.key().toString(): one for one in window.findChildren(QShortcut)}
    keys[EXPORT_KEYS].activated.emit()
    first = opener.dialog
    assert isinstance(first, ExportDialog)
    assert first.this.isChecked()
    keys[IMPORT_KEYS].activated.emit()
    assert opener.dialog is first
    first.reject()
    keys[IMPORT_KEYS].activated.emit()
    assert isinstance(opener.dialog, ImportDialog)


def test_the_menu_of_the_header_opens_them(opener: TransferOpener) -> None:
    """By names that say the keys too."""
    window = opener.parent()
    assert isinstance(window, MainWindow)
    actions = {one.text().partition("\t")[0]: one for one in window.header.more.menu().actions()}
    assert actions["Print…"].text().endswith(f"\t{PRINT_KEYS}")
    actions["Import conversations…"].trigger()
    assert isinstance(opener.dialog, ImportDialog)
    opener.dialog.reject()
    actions["Export…"].trigger()
    assert isinstance(opener.dialog, ExportDialog)


def test_chosen_conversations_are_exported(opener: TransferOpener, house: House) -> None:
    """One, several, or all where none is named."""
    ids = [house.talk("One"), house.talk("Two")]
    for chosen, name, this in (
        (ids, "These 2 conversations", False),
        (ids[:1], "All 3 conversations", True),
        ([], "All 3 conversations", False),
    ):
        opener.export_these(chosen)
        assert isinstance(opener.dialog, ExportDialog)
        assert (opener.dialog.all.text(), opener.dialog.this.isChecked()) == (name, this)
        opener.dialog.reject()


def test_printing_a_conversation_without_words_says_so(opener: TransferOpener, house: House) -> None:
    """Instead of an empty page."""
    window = opener.parent()
    assert isinstance(window, MainWindow)
    fresh = house.desk.new_conversation().id
    TransferOpener(
        window, house.desk, opener._imports, opener._exports, opener._bridge, lambda: fresh
    ).print_()
    assert window.notice.text() == "There is nothing to export or print yet. Send a message first."


def test_every_control_has_a_name(qtbot: QtBot, dialog: ImportDialog) -> None:
    """For those who hear the window."""
    controls = [
        dialog.drop.button,
        dialog.progress,
        dialog.preview.search,
        dialog.preview.all,
        dialog.preview.table,
    ]
    assert all(one.accessibleName() for one in controls)
