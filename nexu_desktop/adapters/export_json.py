"""A conversation as JSON, always whole: every branch, file and receipt. `import_nexu` reads it back, without money.

Fields: format, version, id, title, created_ms, updated_ms, system, effort, temperature (hundredths), output_limit
(tokens), model ("lane/provider/model"), rules, leaf, spent, spent_play and messages, each with id, parent, role, text,
reasoning, created_ms, model, dropped, summaries, attachments (text, and bytes as base64) and receipt.
Amounts are whole numbers of nano-credits or nano-dollars.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any

from nexu_desktop.domain.chat import Attachment, Message, Receipt
from nexu_desktop.domain.export import Export

FORMAT = "nexu-desktop-conversation"
VERSION = 1


def json_of(export: Export) -> str:
    conversation = export.conversation
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "id": conversation.id,
        "title": conversation.title,
        "created_ms": conversation.created_ms,
        "updated_ms": conversation.updated_ms,
        "system": conversation.system,
        "effort": conversation.effort,
        "temperature": conversation.temperature,
        "output_limit": conversation.output_limit,
        "model": str(conversation.ref) if conversation.ref else None,
        "rules": asdict(conversation.rules),
        "leaf": conversation.leaf,
        "spent": {"nanocredits": int(conversation.spent)},
        "spent_play": {"nanocredits": int(conversation.spent_play)},
        "messages": [_message(export, message) for message in export.whole],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _message(export: Export, message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role.value,
        "text": message.text,
        "reasoning": message.reasoning,
        "created_ms": message.created_ms,
        "model": str(message.ref) if message.ref else None,
        "dropped": message.dropped,
        "summaries": list(message.summaries),
        "attachments": [_file(export, one) for one in message.attachments],
        "receipt": _receipt(message.receipt) if message.receipt else None,
    }


def _file(export: Export, one: Attachment) -> dict[str, Any]:
    data = export.files.get(one.id, b"")
    return {
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
        "dropped": one.dropped,
        "text": one.text,
        "data": base64.b64encode(data).decode("ascii"),
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "attempt": receipt.attempt,
        "model": str(receipt.ref),
        "outcome": receipt.outcome.value,
        "tokens": asdict(receipt.usage),
        "basis": receipt.basis.value,
        "charged_nanocredits": receipt.charged,
        "estimated_nanocredits": receipt.estimated,
        "nanodollars": receipt.dollars,
        "estimated_nanodollars": receipt.dollars_estimated,
        "rate_card": receipt.card,
        "unconfirmed": receipt.unconfirmed,
        "finished_ms": receipt.finished_ms,
        "elapsed_ms": receipt.elapsed_ms,
    }
