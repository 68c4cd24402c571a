"""The tables of the ledger, version by version, and the moves that its journal knows.

`entry` is the truth; `slice` and `debt` only cache what replaying it gives. One file is one wallet.
"""

from __future__ import annotations

APPLICATION_ID = 0x4E584C47  # 'NXLG'
SCALE = 9  # amounts are nano-credits, for the life of the file

# kind -> (from account, to account); accounts free, held and debt are the wallet's, the others the outside world
MOVES: dict[str, tuple[tuple[str, str], ...]] = {
    "grant": (("issuer", "free"),),
    "hold": (("free", "held"),),
    "charge": (("held", "spent"),),
    "overage": (("free", "spent"),),
    "debt": (("debt", "spent"),),
    "debt payment": (("free", "debt"),),
    "release": (("held", "free"),),
    "expire": (("free", "expired"),),
    "adjust": (("adjust", "free"), ("free", "adjust")),
    "refund": (("spent", "free"),),
    "void": (("free", "issuer"),),
}
CHARGES = ("charge", "overage", "debt")
PREFIXES = {
    "hold": "h",
    "charge": "c",
    "overage": "o",
    "debt": "d",
    "debt payment": "p",
    "release": "r",
}

_KNOWN_MOVES = ",\n        ".join(
    f"'{kind}: {source} > {target}'" for kind, moves in MOVES.items() for source, target in moves
)


def _frozen(table: str) -> str:
    """Triggers that keep every row of a table as it was written."""
    return "".join(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"""
        for verb in ("UPDATE", "DELETE")
    )


VERSION_1 = f"""
CREATE TABLE wallet(
    one INTEGER PRIMARY KEY CHECK(one = 1),
    id TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    scale INTEGER NOT NULL CHECK(scale = {SCALE})
) STRICT;
INSERT INTO wallet VALUES(1, lower(hex(randomblob(16))), unixepoch() * 1000, {SCALE});

CREATE TABLE credit_grant(
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK(id GLOB 'g:?*:?*'),
    amount_nc INTEGER NOT NULL CHECK(amount_nc > 0),
    source TEXT NOT NULL,
    note TEXT NOT NULL,
    category TEXT NOT NULL CHECK(category IN ('promo', 'plan', 'paid')),
    priority INTEGER NOT NULL CHECK(priority BETWEEN 0 AND 100),
    effective_ms INTEGER NOT NULL,
    expires_ms INTEGER CHECK(expires_ms > effective_ms)
) STRICT;

CREATE TABLE attempt(
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL,
    ref TEXT NOT NULL,
    card TEXT NOT NULL,
    amount_nc INTEGER NOT NULL CHECK(amount_nc >= 0),
    estimated_nc INTEGER NOT NULL,
    counted_input INTEGER NOT NULL,
    predicted_output INTEGER NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('held', 'dispatched', 'settled', 'voided', 'refused')),
    instance TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    dispatched_ms INTEGER,
    checkpoint INTEGER NOT NULL DEFAULT 0 CHECK(checkpoint >= 0),
    shortfall_nc INTEGER,
    available_nc INTEGER,
    CHECK((state = 'refused') = (shortfall_nc IS NOT NULL AND available_nc IS NOT NULL))
) STRICT;
CREATE INDEX attempt_open ON attempt(state) WHERE state IN ('held', 'dispatched');

CREATE TABLE closing(
    attempt TEXT PRIMARY KEY REFERENCES attempt(id),
    kind TEXT NOT NULL CHECK(kind IN ('settled', 'voided')),
    outcome TEXT NOT NULL,
    basis TEXT NOT NULL,
    input INTEGER NOT NULL,
    cached_input INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    price_pico TEXT NOT NULL CHECK(price_pico GLOB '[0-9]*' AND NOT price_pico GLOB '*[^0-9]*'),
    charged_nc INTEGER NOT NULL CHECK(charged_nc >= 0),
    note TEXT NOT NULL,
    closed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE usage_report(
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    attempt TEXT NOT NULL REFERENCES attempt(id),
    arrived_ms INTEGER NOT NULL,
    raw TEXT NOT NULL CHECK(length(CAST(raw AS BLOB)) <= 65536),
    verdict TEXT NOT NULL CHECK(verdict IN ('used', 'duplicate', 'late', 'invalid'))
) STRICT;

CREATE TABLE entry(
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    attempt TEXT REFERENCES attempt(id),
    grant_id TEXT REFERENCES credit_grant(id),
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount_nc INTEGER NOT NULL CHECK(amount_nc > 0),
    ltime_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    instance TEXT NOT NULL,
    price_pico TEXT,
    note TEXT NOT NULL,
    prev_hash BLOB NOT NULL CHECK(length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK(length(hash) = 32),
    CHECK(kind || ': ' || from_account || ' > ' || to_account IN (
        {_KNOWN_MOVES})),
    CHECK(grant_id IS NOT NULL OR kind IN ('debt', 'adjust', 'refund')),
    CHECK(attempt IS NOT NULL OR kind IN ('grant', 'expire', 'adjust', 'void'))
) STRICT;
CREATE INDEX entry_attempt ON entry(attempt) WHERE attempt IS NOT NULL;

CREATE TABLE slice(
    grant_id TEXT PRIMARY KEY REFERENCES credit_grant(id),
    free_nc INTEGER NOT NULL DEFAULT 0 CHECK(free_nc >= 0),
    held_nc INTEGER NOT NULL DEFAULT 0 CHECK(held_nc >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX slice_free ON slice(grant_id) WHERE free_nc > 0;

CREATE TABLE debt(
    attempt TEXT PRIMARY KEY REFERENCES attempt(id),
    seq INTEGER NOT NULL,
    owed_nc INTEGER NOT NULL CHECK(owed_nc >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX debt_owed ON debt(seq) WHERE owed_nc > 0;

CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
    OR NEW.ltime_ms < (SELECT coalesce(max(ltime_ms), NEW.ltime_ms) FROM entry WHERE seq = NEW.seq - 1)
BEGIN SELECT RAISE(ABORT, 'entry does not follow the last one'); END;

CREATE TRIGGER entry_moves AFTER INSERT ON entry
BEGIN
    INSERT INTO slice(grant_id) SELECT NEW.grant_id WHERE NEW.grant_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    UPDATE slice SET
        free_nc = free_nc + NEW.amount_nc * ((NEW.to_account = 'free') - (NEW.from_account = 'free')),
        held_nc = held_nc + NEW.amount_nc * ((NEW.to_account = 'held') - (NEW.from_account = 'held'))
        WHERE grant_id = NEW.grant_id;
    INSERT INTO debt(attempt, seq, owed_nc) SELECT NEW.attempt, NEW.seq, 0 WHERE NEW.kind = 'debt'
        ON CONFLICT DO NOTHING;
    UPDATE debt SET
        owed_nc = owed_nc + NEW.amount_nc * ((NEW.from_account = 'debt') - (NEW.to_account = 'debt'))
        WHERE attempt = NEW.attempt;
END;

CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END;
{"".join(_frozen(table) for table in ("wallet", "credit_grant", "closing", "usage_report", "entry"))}
"""

# What each request was made for: a message, a title, a summary.
VERSION_2 = """
ALTER TABLE attempt ADD COLUMN purpose TEXT NOT NULL DEFAULT 'message';
"""

# Whose credits these are: written once, with the first thing that proves it, as `ledger_sqlite` says.
VERSION_3 = f"""
CREATE TABLE owner(
    one INTEGER PRIMARY KEY CHECK(one = 1),
    account TEXT NOT NULL CHECK(account <> ''),
    since_ms INTEGER NOT NULL
) STRICT;
{_frozen("owner")}
"""

MIGRATIONS = (VERSION_1, VERSION_2, VERSION_3)
