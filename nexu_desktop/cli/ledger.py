"""`ledger`: the balance, the journal, its proof, and credits the person states."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.cli.lane import key_from_stdin, wallet
from nexu_desktop.cli.parser import positive
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core, new_id
from nexu_desktop.domain.chat import Lane, Purpose
from nexu_desktop.domain.credits import exact, parse_credits, show_balance
from nexu_desktop.services.ports import Entry


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("ledger", help="balance, journal, proof").add_subparsers(
        required=True, metavar="balance|show|verify|grant"
    )
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--link-url", metavar="URL", help="the gateway of another account, with --key-stdin")
    account.add_argument(
        "--key-stdin", action="store_true", help="the first line of stdin is the key of that account"
    )
    parents = [parent, account]
    sub.add_parser("balance", parents=parents).set_defaults(command=show_balances)
    journal = sub.add_parser("show", parents=parents)
    journal.add_argument("--limit", type=positive, default=1_000, metavar="N")
    journal.set_defaults(command=show_entries)
    sub.add_parser("verify", parents=parents).set_defaults(command=verify)
    grant = sub.add_parser("grant", parents=parents, help="book credits you say you have")
    grant.add_argument("--credits", required=True, metavar="N")
    grant.add_argument("--note", default="", metavar="TEXT")
    grant.set_defaults(command=book)


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[Core]:
    """With --key-stdin the real wallet is that of this key. Raises BadInput, StorageFailed children."""
    key = key_from_stdin() if arguments.key_stdin else ""
    with opened(arguments) as core:
        if key:
            core.connections.lend(arguments.link_url, key)
        yield core


def show_balances(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as core:
        lane = wallet(core, arguments)
        value = core.account.balance(lane)
    if arguments.json:
        output.show({"lane": lane.value, **output.balance(value)})
    else:
        terminal.line(
            f"balance {show_balance(value.settled)} credits, held {show_balance(value.held)} ({lane.value})"
        )
    return exit_codes.OK


def show_entries(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as core:
        entries = core.account.ledger(wallet(core, arguments)).entries(limit=arguments.limit)
    if arguments.json:
        output.show([as_json(entry) for entry in entries])
        return exit_codes.OK
    for entry in entries:
        when = datetime.fromtimestamp(entry.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        hidden = entry.purpose and entry.purpose is not Purpose.MESSAGE
        what = f"{entry.note} ({entry.purpose})" if hidden else entry.note
        route = f"{entry.from_account} -> {entry.to_account}"
        terminal.line(f"{entry.seq:>6} {when} {entry.kind:<12} {route:<16} {exact(entry.amount):>16} {what}")
    return exit_codes.OK


def verify(arguments: argparse.Namespace) -> int:
    """Replays the ledger; exits 6 if an invariant fails."""
    with _opened(arguments) as core:
        lane = wallet(core, arguments)
        violations = core.account.ledger(lane).verify()
    if arguments.json:
        rows = [{"invariant": v.invariant, "found": v.found} for v in violations]
        output.show({"lane": lane.value, "sound": not violations, "violations": rows})
    else:
        terminal.line("\n".join(f"{v.invariant}: {v.found}" for v in violations) or "The ledger is sound.")
    return exit_codes.UNSOUND if violations else exit_codes.OK


def book(arguments: argparse.Namespace) -> int:
    """Without --sandbox into the real wallet: that is what a person's own word is for."""
    amount = parse_credits(arguments.credits)
    lane = Lane.SANDBOX if arguments.sandbox else Lane.CREDITS
    with _opened(arguments) as core:
        value = core.account.state_credits(lane, amount, arguments.note, new_id())
    if arguments.json:
        output.show({"lane": lane.value, "granted": output.amount(amount), "balance": output.balance(value)})
    else:
        terminal.line(f"booked {exact(amount)} credits, balance {show_balance(value.settled)} ({lane.value})")
    return exit_codes.OK


def as_json(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "id": entry.id,
        "kind": entry.kind,
        "attempt": entry.attempt,
        "grant": entry.grant,
        "from": entry.from_account,
        "to": entry.to_account,
        "amount": output.amount(entry.amount),
        "at_ms": entry.at_ms,
        "note": entry.note,
        "purpose": entry.purpose.value if entry.purpose else None,
    }
