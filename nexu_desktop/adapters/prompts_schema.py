"""The tables of saved prompts and of assistants in chats.db, as one migration."""

from __future__ import annotations

# A shipped prompt that was changed is a row with the id of the shipped one; a hidden one is an id alone, so
# that it stays hidden when the program ships another wording of it.
PROMPTS = """
CREATE TABLE prompt (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    text    TEXT NOT NULL,
    shipped INTEGER NOT NULL CHECK (shipped IN (0, 1))
) STRICT;
CREATE TABLE prompt_hidden (id TEXT PRIMARY KEY) STRICT;
CREATE TABLE preset (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    system       TEXT NOT NULL,
    temperature  INTEGER CHECK (temperature BETWEEN 0 AND 200),
    output_limit INTEGER CHECK (output_limit > 0),
    effort       TEXT NOT NULL,
    is_default   INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;
"""
