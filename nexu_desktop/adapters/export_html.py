"""A conversation as one HTML page that stands alone: no script, nothing loaded from anywhere."""

from __future__ import annotations

import html

from nexu_desktop.adapters.html_export import message_html
from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.export import Export, cost_line, moment, speaker, total_line

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light; }
body { background: #fbfaf8; color: #1d1c1a; font: 16px/1.55 system-ui, sans-serif; margin: 0; }
main { max-width: 760px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 4px; overflow-wrap: anywhere; }
.facts, .cost, .file { color: #6d6a64; font-size: 13px; margin: 4px 0; }
article, .system { margin-top: 28px; overflow-wrap: anywhere; }
article > h2, .system > h2 { font-size: 13px; color: #6d6a64; font-weight: 600; margin: 0 0 8px; }
article.user > .said { background: #f3f1ed; border-radius: 12px; padding: 12px 16px; }
.source { white-space: pre-wrap; }
pre { background: #f3f1ed; border-radius: 10px; padding: 12px 16px; overflow-x: auto; font-size: 13px; }
code { font-family: ui-monospace, monospace; }
blockquote { border-left: 3px solid #e3dfd8; margin-left: 0; padding-left: 16px; color: #6d6a64; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #e3dfd8; padding: 6px 10px; text-align: left; }
details { margin: 0 0 8px; color: #6d6a64; }
summary { cursor: pointer; font-size: 13px; }
@media print { body { background: none; } main { max-width: none; padding: 0; } pre { white-space: pre-wrap; } }
"""


def html_of(export: Export) -> str:
    title = html.escape(export.title)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>",
        f'<header><h1 dir="auto">{title}</h1><p class="facts">{_facts(export)}</p></header>',
    ]
    if export.conversation.system.strip():
        system = message_html(export.conversation.system)
        parts.append(
            f'<section class="system"><h2>System prompt</h2><div dir="auto">{system}</div></section>'
        )
    parts += [_message(export, message) for message in export.said]
    return "\n".join([*parts, "</main></body></html>", ""])


def _facts(export: Export) -> str:
    facts = [moment(export.conversation.created_ms), f"{len(export.said):,} messages"]
    if export.options.receipts and (total := total_line(export.conversation)):
        facts.append(total)
    return html.escape(" · ".join(facts))


def _message(export: Export, message: Message) -> str:
    head = html.escape(f"{speaker(message)} · {moment(message.created_ms)}")
    parts = [f'<article class="{message.role.value}"><h2>{head}</h2>']
    parts += [f'<p class="file">File: {html.escape(one.name)}</p>' for one in message.attachments]
    if export.options.reasoning and message.reasoning.strip():
        thought = message_html(message.reasoning)
        parts.append(f'<details><summary>Reasoning</summary><div dir="auto">{thought}</div></details>')
    parts.append(f'<div class="said" dir="auto">{message_html(message.text)}</div>')
    if export.options.receipts and message.receipt and message.role is Role.ASSISTANT:
        parts.append(f'<p class="cost">{html.escape(cost_line(message.receipt))}</p>')
    return "\n".join([*parts, "</article>"])
