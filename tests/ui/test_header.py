"""The line above: title, context, balance; and the bars over it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Balance, Nanocredits
from nexu_desktop.ui import theme
from nexu_desktop.ui.banner import NoticeBar, SandboxBanner
from nexu_desktop.ui.header import Header


def test_balance_is_two_numbers_when_something_is_held(qtbot: QtBot) -> None:
    """Held credits are said beside the balance, not taken out of it."""
    header = Header()
    qtbot.addWidget(header)
    header.show_balance(Lane.SANDBOX, Balance(Nanocredits(99_046_000_000), Nanocredits(410_000_001)))
    assert header._balance.text() == "99.04 credits · 0.42 held"
    header.show_balance(Lane.SANDBOX, Balance(Nanocredits(99_046_000_000), Nanocredits(0)))
    assert header._balance.text() == "99.04 credits"


def test_own_key_says_that_no_credit_moves(qtbot: QtBot) -> None:
    """The lane that pays is in sight."""
    header = Header()
    qtbot.addWidget(header)
    header.show_balance(Lane.BYOK, None)
    assert header._balance.text() == "Your key, 0 credits"


def test_a_long_title_is_elided_and_whole_in_the_tooltip(qtbot: QtBot) -> None:
    """Nothing is clipped in the middle of a letter, nothing is lost."""
    header = Header()
    qtbot.addWidget(header)
    header.apply_theme(theme.DARK)
    header.resize(600, 52)
    header.show()
    title = "<b>很长的标题 " * 30
    header.show_title(title)
    assert header._title.text().endswith("…")
    assert header._title.toolTip() == title


def test_context_pill_opens_the_inspector(qtbot: QtBot) -> None:
    """It is a button with the tokens and what they cost, shorter where the window is narrow."""
    header = Header()
    qtbot.addWidget(header)
    header.apply_theme(theme.LIGHT)
    header.resize(900, 52)
    header.show()
    header.show_context((12_480, Nanocredits(620_000_000)), credits_lane=True)
    assert header.context.text() == "12,480 tokens, 0.62 per send"
    with qtbot.waitSignal(header.context_wanted):
        header.context.click()
    header.show_context((12_480, Nanocredits(4_000_000)), credits_lane=False)
    assert header.context.text() == "12,480 tokens, $0.0040 per send"
    header.resize(600, 52)
    assert header.context.text() == "12,480 tokens"
    header.show_context(None, credits_lane=True)
    assert header.context.text() == "Context ~"


def test_own_server_is_free(qtbot: QtBot) -> None:
    """No credit and no key is named for it."""
    header = Header()
    qtbot.addWidget(header)
    header.show_balance(Lane.LOCAL, None)
    assert header._balance.text() == "Local, free"


def test_notice_is_plain_text_and_goes(qtbot: QtBot) -> None:
    """A server's words can't become markup; an empty notice hides the bar."""
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.apply_theme(theme.LIGHT)
    bar.say("<img src=/x.png>", "Try again.")
    assert (bar.isVisibleTo(bar.parentWidget() or bar), bar.text()) == (True, "<img src=/x.png> Try again.")
    bar.close_button.click()
    assert not bar.isVisible()


def test_banner_names_who_answers(qtbot: QtBot) -> None:
    """Play credits and a small model, or no model at all, said plainly."""
    banner = SandboxBanner()
    qtbot.addWidget(banner)
    banner.show_source("SmolLM2-135M")
    assert banner.text.text() == "Sandbox: play credits, small model (SmolLM2-135M)."
    banner.show_source("plain responder")
    assert "no model" in banner.text.text()
    with qtbot.waitSignal(banner.key_wanted) as wanted:
        banner.nexu.click()
    assert wanted.args == ["nexu"]


def test_a_title_is_elided_again_when_the_balance_grows(qtbot: QtBot) -> None:
    """Something is held: the pill takes room from the title, and no letter is cut in its middle."""
    header = Header()
    qtbot.addWidget(header)
    header.resize(600, 52)
    header.show()
    header.show_title("A title that is rather long for a narrow window " * 2)
    before = header._title.text()
    header.show_balance(Lane.SANDBOX, Balance(Nanocredits(99_046_000_000), Nanocredits(410_000_001)))
    qtbot.waitUntil(lambda: header._title.text() != before)
    label = header._title
    assert label.text().endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
