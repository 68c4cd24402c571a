"""What was asked, from the tables of chats.db, for recalling it with the arrow keys."""

from __future__ import annotations

import apsw

LONGEST_CHARS = 100_000  # a longer one is no text to send again from memory


def newest(db: apsw.Connection, limit: int, conversation: str | None) -> tuple[str, ...]:
    """Walks the messages from their end; a removed one and a deleted conversation are left out."""
    one = "AND conversation = ?3" if conversation is not None else ""
    rows = db.execute(
        f"""
        SELECT text FROM message WHERE role = 'user' AND NOT removed AND text <> '' AND length(text) <= ?1 {one}
            AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.id = message.conversation AND c.deleted_ms IS NULL)
        ORDER BY seq DESC LIMIT ?2
        """,
        (LONGEST_CHARS, limit) if conversation is None else (LONGEST_CHARS, limit, conversation),
    )
    return tuple(row[0] for row in rows)
