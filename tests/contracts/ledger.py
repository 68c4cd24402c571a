"""What every Ledger promises: subclass LedgerContract and give it the fixtures `clock` and `ledger`."""

from __future__ import annotations

import pytest

from nexu_desktop.domain.chat import Basis, Lane, ModelRef, Outcome, Purpose
from nexu_desktop.domain.credits import Balance, Nanocredits, Usage
from nexu_desktop.domain.errors import BadInput, InsufficientCredits, LedgerConflict
from nexu_desktop.services.ports import (
    AttemptState,
    Grant,
    GrantCategory,
    Ledger,
    NewAttempt,
    Settlement,
)

REF = ModelRef(Lane.CREDITS, "nexu", "glm-5")
NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000


class FixedClock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms


def a_grant(name: str = "first", amount: int = 100, **changes: object) -> Grant:
    return Grant(id=f"g:test:{name}", amount=Nanocredits(amount), source="test", **changes)


def an_attempt(name: str = "a", amount: int = 10, **changes: object) -> NewAttempt:
    fields = {"message": f"m-{name}", "ref": REF, "card": "card-1", "counted_input": 7, "predicted_output": 9}
    return NewAttempt(
        id=name, amount=Nanocredits(amount), estimated=Nanocredits(amount // 2), **(fields | changes)
    )


def a_settlement(name: str = "a", nano: int = 4, **changes: object) -> Settlement:
    fields = {"usage": Usage(input=7, output=2), "basis": Basis.PROVIDER, "outcome": Outcome.COMPLETE}
    return Settlement(attempt=name, price_pico=nano * 1000, **(fields | changes))


def moves(ledger: Ledger) -> list[tuple[str, str | None, int]]:
    """(kind, grant, amount), oldest first."""
    return [(e.kind, e.grant, e.amount) for e in reversed(ledger.entries(limit=1000))]


class LedgerContract:
    @pytest.fixture(autouse=True)
    def sound_at_the_end(self, ledger: Ledger):
        """Whatever a test did, the invariants hold."""
        yield
        assert ledger.verify() == ()

    def test_an_empty_wallet_holds_nothing(self, ledger: Ledger) -> None:
        """A new file has a balance of zero, no entries and no violation."""
        assert (ledger.balance(), ledger.entries(limit=9)) == (Balance(Nanocredits(0), Nanocredits(0)), ())

    def test_a_grant_counts_once(self, ledger: Ledger) -> None:
        """The same grant again has no second effect."""
        assert [ledger.grant(a_grant()), ledger.grant(a_grant())] == [True, False]
        assert ledger.balance() == Balance(100, 0)

    def test_a_grant_with_other_content_is_refused(self, ledger: Ledger) -> None:
        """The same id never stands for two amounts."""
        ledger.grant(a_grant())
        with pytest.raises(LedgerConflict):
            ledger.grant(a_grant(amount=101))

    @pytest.mark.parametrize("amount", [0, -1, True, 10**18 + 1])
    def test_a_grant_is_a_positive_integer(self, ledger: Ledger, amount: int) -> None:
        """No zero, negative, boolean or uncountable amount enters the journal."""
        with pytest.raises(BadInput):
            ledger.grant(a_grant(amount=amount))

    def test_a_hold_is_seen_as_a_second_number(self, ledger: Ledger) -> None:
        """Held credits stay settled but are not available."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt(amount=30))
        balance = ledger.balance()
        assert (balance.settled, balance.held, balance.available) == (100, 30, 70)

    def test_the_same_hold_has_no_second_effect(self, ledger: Ledger) -> None:
        """A repeated hold reserves nothing more; with other content it is refused."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        ledger.hold(an_attempt())
        assert ledger.balance().held == 10
        with pytest.raises(LedgerConflict):
            ledger.hold(an_attempt(amount=11))

    def test_the_purpose_is_part_of_a_hold(self, ledger: Ledger) -> None:
        """It is kept, its entries say it, and the same id is never held for another purpose."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt(purpose=Purpose.TITLE))
        ledger.hold(an_attempt(purpose=Purpose.TITLE))
        ledger.hold(an_attempt("b"))
        with pytest.raises(LedgerConflict):
            ledger.hold(an_attempt(purpose=Purpose.MESSAGE))
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt("c", amount=99, purpose=Purpose.SUMMARY))
        purposes = [a.purpose for a in ledger.attempts(limit=9)], [e.purpose for e in ledger.entries(limit=9)]
        assert purposes == (
            [Purpose.SUMMARY, Purpose.MESSAGE, Purpose.TITLE],
            [Purpose.MESSAGE, Purpose.TITLE, None],
        )

    def test_a_negative_hold_is_refused(self, ledger: Ledger) -> None:
        """A negative amount cannot raise a balance."""
        with pytest.raises(BadInput):
            ledger.hold(an_attempt(amount=-1))

    def test_a_hold_beyond_the_balance_is_refused_with_figures(self, ledger: Ledger) -> None:
        """The refusal names what is missing and what is there."""
        ledger.grant(a_grant())
        with pytest.raises(InsufficientCredits) as refused:
            ledger.hold(an_attempt(amount=130))
        assert (refused.value.shortfall, refused.value.available) == (30, 100)
        assert ledger.attempt("a").state is AttemptState.REFUSED

    def test_a_refused_id_is_burned(self, ledger: Ledger) -> None:
        """Nothing succeeds behind the person's back later, also not after new credits came."""
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt())
        ledger.grant(a_grant())
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt())
        assert ledger.balance() == Balance(100, 0)
        for close in (lambda: ledger.settle(a_settlement()), lambda: ledger.release("a", Outcome.CUT, "")):
            with pytest.raises(LedgerConflict):
                close()

    def test_all_may_be_held(self, ledger: Ledger) -> None:
        """A hold of exactly what is available is admitted, one more nano-credit is not."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt(amount=100))
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt("b", amount=1))

    def test_settling_charges_and_gives_the_rest_back(self, ledger: Ledger) -> None:
        """What was used is gone, the rest of the hold is available again."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        ledger.mark_dispatched("a")
        assert ledger.settle(a_settlement(nano=4)) == 4
        assert ledger.balance() == Balance(96, 0)
        assert moves(ledger)[2:] == [("charge", "g:test:first", 4), ("release", "g:test:first", 6)]

    def test_a_charge_is_rounded_up_once(self, ledger: Ledger) -> None:
        """1 pico-credit over is charged as one nano-credit."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        price = Settlement("a", Usage(), Basis.PROVIDER, Outcome.COMPLETE, 3001)
        assert ledger.settle(price) == 4

    @pytest.mark.parametrize("price", [-1, True, 10**22])
    def test_a_price_is_a_sane_integer(self, ledger: Ledger, price: int) -> None:
        """A negative or absurd price is refused and the hold stays."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        with pytest.raises(BadInput):
            ledger.settle(Settlement("a", Usage(), Basis.PROVIDER, Outcome.COMPLETE, price))
        assert ledger.balance().held == 10

    def test_a_second_settlement_charges_nothing(self, ledger: Ledger) -> None:
        """The same closing again says the first charge; another one is refused."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        assert [ledger.settle(a_settlement()), ledger.settle(a_settlement())] == [4, 4]
        for other in (a_settlement(nano=5), a_settlement(outcome=Outcome.CUT), a_settlement(usage=Usage())):
            with pytest.raises(LedgerConflict):
                ledger.settle(other)
        with pytest.raises(LedgerConflict):
            ledger.release("a", Outcome.CUT, "")
        assert ledger.balance() == Balance(96, 0)

    def test_releasing_gives_everything_back_once(self, ledger: Ledger) -> None:
        """A release can be repeated, and a released attempt can no longer be charged or sent."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        ledger.release("a", Outcome.REFUSED, "not sent")
        ledger.release("a", Outcome.REFUSED, "not sent")
        assert ledger.balance() == Balance(100, 0)
        for late in (lambda: ledger.settle(a_settlement()), lambda: ledger.mark_dispatched("a")):
            with pytest.raises(LedgerConflict):
                late()

    def test_an_unknown_attempt_is_our_mistake(self, ledger: Ledger) -> None:
        """Closing, sending or counting what was never held is refused."""
        for call in (
            lambda: ledger.settle(a_settlement("x")),
            lambda: ledger.release("x", Outcome.CUT, ""),
            lambda: ledger.mark_dispatched("x"),
            lambda: ledger.checkpoint("x", 1),
            lambda: ledger.record_usage("x", "{}", "used"),
        ):
            with pytest.raises(LedgerConflict):
                call()

    def test_an_overrun_takes_free_credits_then_becomes_debt(self, ledger: Ledger) -> None:
        """A charge is never cut to the hold: hold, free credits, debt."""
        ledger.grant(a_grant(amount=20))
        ledger.hold(an_attempt(amount=10))
        assert ledger.settle(a_settlement(nano=25)) == 25
        assert ledger.balance() == Balance(-5, 0)
        grant = "g:test:first"
        assert moves(ledger)[2:] == [("charge", grant, 10), ("overage", grant, 10), ("debt", None, 5)]

    def test_debt_blocks_holds_and_is_paid_by_the_next_grant(self, ledger: Ledger) -> None:
        """Not even a hold of nothing passes while something is owed; the next grant pays first."""
        ledger.grant(a_grant(amount=10))
        ledger.hold(an_attempt(amount=10))
        ledger.settle(a_settlement(nano=15))
        with pytest.raises(InsufficientCredits) as refused:
            ledger.hold(an_attempt("b", amount=0))
        assert (refused.value.shortfall, refused.value.available) == (5, -5)
        ledger.grant(a_grant("second", amount=3))
        assert ledger.balance() == Balance(-2, 0)
        ledger.grant(a_grant("third", amount=10))
        assert ledger.balance() == Balance(8, 0)
        ledger.hold(an_attempt("c", amount=8))

    def test_released_credits_pay_a_debt(self, ledger: Ledger) -> None:
        """What comes back from another hold, even twice from one grant, is not free while something is owed."""
        ledger.grant(a_grant(amount=30))
        for name in ("a", "b", "c"):
            ledger.hold(an_attempt(name, amount=10))
        ledger.settle(a_settlement("a", nano=25))
        ledger.release("b", Outcome.CUT, "")
        ledger.release("c", Outcome.CUT, "")
        assert ledger.balance() == Balance(5, 0)
        assert [m for m in moves(ledger) if m[0] == "debt payment"] == [
            ("debt payment", "g:test:first", 10),
            ("debt payment", "g:test:first", 5),
        ]

    def test_grants_burn_in_order(self, ledger: Ledger, clock: FixedClock) -> None:
        """Priority, then expiry with never last, then promo before plan before paid, then the older."""
        soon, later = clock.ms + HOUR_MS, clock.ms + 2 * HOUR_MS
        ledger.grant(a_grant("never-paid", 1, category=GrantCategory.PAID))
        ledger.grant(a_grant("never-promo", 1))
        ledger.grant(a_grant("never-promo-too", 1))
        ledger.grant(a_grant("never-plan", 1, category=GrantCategory.PLAN))
        ledger.grant(a_grant("later", 1, expires_ms=later))
        ledger.grant(a_grant("soon", 1, expires_ms=soon, category=GrantCategory.PAID))
        ledger.grant(a_grant("first", 1, priority=0))
        ledger.hold(an_attempt(amount=7))
        order = [grant.removeprefix("g:test:") for kind, grant, _ in moves(ledger) if kind == "hold"]
        assert order == [
            "first",
            "soon",
            "later",
            "never-promo",
            "never-promo-too",
            "never-plan",
            "never-paid",
        ]

    def test_a_charge_follows_the_slices_of_its_hold(self, ledger: Ledger) -> None:
        """Charged in burn order, given back to the very grants it came from."""
        ledger.grant(a_grant("one", 5, priority=1))
        ledger.grant(a_grant("two", 5, priority=2))
        ledger.hold(an_attempt(amount=8))
        ledger.grant(a_grant("zero", 5, priority=0))
        ledger.settle(a_settlement(nano=6))
        assert moves(ledger)[5:] == [
            ("charge", "g:test:one", 5),
            ("charge", "g:test:two", 1),
            ("release", "g:test:two", 2),
        ]

    def test_only_grants_of_today_count(self, ledger: Ledger, clock: FixedClock) -> None:
        """Neither not yet effective nor expired credits are available; expiry is exclusive."""
        ledger.grant(a_grant("old", 5, expires_ms=clock.ms + HOUR_MS))
        ledger.grant(a_grant("new", 7, effective_ms=clock.ms + HOUR_MS))
        assert ledger.balance() == Balance(5, 0)
        clock.ms += HOUR_MS
        assert ledger.balance() == Balance(7, 0)
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt(amount=8))

    def test_a_held_slice_outlives_its_grant(self, ledger: Ledger, clock: FixedClock) -> None:
        """The person pressed Send in time: the hold still pays; what is released is expired."""
        ledger.grant(a_grant(amount=10, expires_ms=clock.ms + HOUR_MS))
        ledger.hold(an_attempt(amount=10))
        clock.ms += 2 * HOUR_MS
        assert ledger.settle(a_settlement(nano=4)) == 4
        assert ledger.balance() == Balance(0, 0)

    def test_a_clock_set_back_revives_nothing(self, ledger: Ledger, clock: FixedClock) -> None:
        """Ledger time never runs backwards: an expired grant stays expired."""
        ledger.grant(a_grant("short", 5, expires_ms=clock.ms + HOUR_MS))
        clock.ms += 2 * HOUR_MS
        ledger.grant(a_grant("fresh", 3))
        clock.ms -= 5 * HOUR_MS
        assert ledger.balance() == Balance(3, 0)
        with pytest.raises(InsufficientCredits):
            ledger.hold(an_attempt(amount=4))

    def test_a_free_attempt_moves_nothing(self, ledger: Ledger) -> None:
        """A model at rate 0 is held, sent and settled without an entry."""
        ledger.hold(an_attempt(amount=0))
        ledger.mark_dispatched("a")
        assert ledger.settle(a_settlement(nano=0)) == 0
        assert ledger.entries(limit=9) == ()

    def test_an_attempt_is_kept_as_it_was(self, ledger: Ledger, clock: FixedClock) -> None:
        """Everything a receipt or a recovery needs comes back."""
        ledger.grant(a_grant())
        ledger.hold(an_attempt())
        ledger.mark_dispatched("a")
        ledger.checkpoint("a", 5)
        ledger.checkpoint("a", 3)
        held = ledger.attempt("a")
        ledger.settle(a_settlement())
        closed = ledger.attempt("a")
        assert (held.state, held.checkpoint, held.charged, held.usage, held.outcome) == (
            AttemptState.DISPATCHED,
            5,
            None,
            None,
            None,
        )
        assert (closed.ref, closed.card, closed.held, closed.estimated, closed.started_ms) == (
            REF,
            "card-1",
            10,
            5,
            clock.ms,
        )
        assert (closed.state, closed.charged, closed.basis, closed.outcome, closed.usage) == (
            AttemptState.SETTLED,
            4,
            Basis.PROVIDER,
            Outcome.COMPLETE,
            Usage(input=7, output=2),
        )
        assert (closed.counted_input, closed.predicted_output, ledger.attempt("none")) == (7, 9, None)

    def test_open_attempts_are_those_not_closed(self, ledger: Ledger) -> None:
        """Held and dispatched attempts are open; those of a living process are not anyone's to recover."""
        ledger.grant(a_grant())
        for name in ("a", "b", "c", "d"):
            ledger.hold(an_attempt(name))
        ledger.mark_dispatched("b")
        ledger.release("c", Outcome.CUT, "")
        ledger.settle(a_settlement("d"))
        assert [a.id for a in ledger.open_attempts(dead_only=False)] == ["a", "b"]
        assert ledger.open_attempts(dead_only=True) == ()

    def test_lists_are_newest_first_and_limited(self, ledger: Ledger) -> None:
        """A long history is read from its end."""
        ledger.grant(a_grant())
        for name in ("a", "b", "c"):
            ledger.hold(an_attempt(name))
        assert [a.id for a in ledger.attempts(limit=2)] == ["c", "b"]
        assert [e.id for e in ledger.entries(limit=1)] == ["h:c:g:test:first"]
