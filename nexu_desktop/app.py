"""The window's start: Qt, the core, the panes, and a bounded end."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from nexu_desktop import __version__
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.composition import Core, build
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.engine import Engine
from nexu_desktop.ui import buttons, icons, theme
from nexu_desktop.ui.accuracy.opener import AccuracyOpener
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.idle_collector import IdleCollector, hold_back
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.next_step import NextStep
from nexu_desktop.ui.presenter import Presenter
from nexu_desktop.ui.single_instance import SingleInstance
from nexu_desktop.ui.transfer.opener import TransferOpener

SWITCH_INTERVAL_S = 0.0005  # a busy engine thread must not hold up the frame
CLOSE_TIMEOUT_S = 5.0
AFTER_FIRST_PAINT_MS = 100


def run(arguments: Namespace) -> int:
    """Open the window and stay until it closes; returns the exit code."""
    application = the_application()
    data_dir: Path | None = arguments.data_dir
    instance = SingleInstance(DataPaths.from_option(data_dir).root)
    if not instance.is_first():
        print("Nexu Desktop is open already; its window was raised.")
        return 0
    try:
        core = build(data_dir)
    except NexuError as error:
        return _cannot_start(error)
    engine = Engine()
    with core:
        try:
            # Opens the file: what is wrong with it is told before there is a window.
            core.chats.conversation("")
            return _window(application, core, engine, instance, arguments)
        except NexuError as error:
            return _cannot_start(error)
        finally:
            engine.close(CLOSE_TIMEOUT_S)
            instance.close()


def the_application() -> QApplication:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    hold_back()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication.instance() or QApplication(["nexu-desktop"])
    assert isinstance(application, QApplication)
    application.setApplicationName("Nexu Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("nexu-desktop")
    application.setStyle("Fusion")
    application.setFont(theme.font(theme.SIZE_CONTROL))
    icons.use(resource_path("icons"))
    application.setWindowIcon(icons.app_icon())
    return application


def watch(window: MainWindow, bridge: Bridge) -> IdleCollector:
    """Memory is cleaned up while nobody types and no answer arrives."""
    collector = IdleCollector(window)
    window.composer.field.textChanged.connect(collector.busy)
    bridge.events.connect(lambda _: collector.busy())
    return collector


def _window(
    application: QApplication, core: Core, engine: Engine, instance: SingleInstance, arguments: Namespace
) -> int:
    window = MainWindow()
    window.restore_geometry(core.settings.current.window_geometry)
    bridge = Bridge(engine, window)
    presenter = Presenter(window, core.desk, bridge)
    watch(window, bridge)
    AccuracyOpener(window, core.desk, lambda: presenter.cid)
    transfer = TransferOpener(window, core.desk, core.imports, core.exports, bridge, lambda: presenter.cid)
    transfer.changed.connect(presenter.imported)
    instance.raised.connect(window.raise_up)
    window.settings_wanted.connect(lambda: _open_settings(presenter, core))
    presenter.asking.budgets_wanted.connect(lambda: _open_settings(presenter, core, "budgets"))
    window.commands.bind("budgets", presenter.asking.budgets_wanted.emit)
    window.banner.key_wanted.connect(lambda provider: _open_settings(presenter, core, provider))
    NextStep(
        window,
        lambda: tuple(row[0] for row in core.connections.directory()),
        lambda page: _open_settings(presenter, core, page),
    )
    # What a slot lets out would end on a terminal that nobody looks at.
    sys.excepthook = lambda kind, error, trace: presenter.complain(error)
    presenter.start()
    if core.settings.notice:
        window.notice.say(core.settings.notice)
    window.show()
    if not arguments.quit_after_start:
        QTimer.singleShot(AFTER_FIRST_PAINT_MS, presenter.start_core)
    else:
        QTimer.singleShot(0, window.close)
    code = application.exec()
    engine.close(CLOSE_TIMEOUT_S)  # before the window goes: open turns settle and still announce it
    return code


def _open_settings(presenter: Presenter, core: Core, provider: str = "") -> None:
    """Imported when first opened: a start does not pay for it."""
    from nexu_desktop.ui.settings_dialog.dialog import SettingsDialog
    from nexu_desktop.ui.settings_dialog.provider_row import ProviderRow

    rows = tuple(ProviderRow(*row) for row in core.connections.directory())
    dialog = SettingsDialog(presenter.window, core.keys, core.desk, presenter.bridge, rows)
    dialog.apply_theme(theme.colours(core.settings.current.theme))
    dialog.changed.connect(presenter.pick_up_settings)
    dialog.show_provider(provider or "nexu")
    dialog.exec()


def _cannot_start(error: NexuError) -> int:
    print(error.sentence, file=sys.stderr)
    colours = theme.colours()
    QApplication.setPalette(theme.palette(colours))
    box = QMessageBox()
    box.setStyleSheet(f"QMessageBox {{ background: {colours.card}; }}" + buttons.plain_style(colours))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Nexu Desktop")
    box.setText(error.title)
    box.setInformativeText(error.hint)
    box.exec()
    return 5
