"""`export` and `import`: conversations to files and from them, without a window."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.cli.session import opened
from nexu_desktop.domain.export import WRITTEN, ExportOptions, Format
from nexu_desktop.domain.file_names import file_name
from nexu_desktop.services.imports import Imported, Preview, Row, State


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    _add_export(commands, parent)
    _add_import(commands, parent)


def _add_export(commands: Any, parent: argparse.ArgumentParser) -> None:
    export = commands.add_parser("export", parents=[parent], help="write conversations to files")
    which = export.add_mutually_exclusive_group(required=True)
    which.add_argument("--conversation", action="append", metavar="ID", help="may be given several times")
    which.add_argument("--all", action="store_true", help="every conversation")
    which.add_argument("--list", action="store_true", help="show ids, dates and titles; write nothing")
    formats = [one.value for one in WRITTEN]
    export.add_argument("--format", choices=formats, default=Format.MARKDOWN.value, help="default: md")
    export.add_argument(
        "--to", type=Path, metavar="PATH", help="a file, a folder, or a .zip; default: this folder"
    )
    export.add_argument("--receipts", action="store_true", help="with what each answer has cost")
    export.add_argument("--reasoning", action="store_true", help="with what models thought before answering")
    export.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    export.set_defaults(command=export_them)


def _add_import(commands: Any, parent: argparse.ArgumentParser) -> None:
    text = "read conversations of ChatGPT, Claude, Cherry Studio, Chatbox, or in OpenAI’s format"
    reading = commands.add_parser(
        "import", parents=[parent], help=text, description=f"{text[:1].upper()}{text[1:]}."
    )
    reading.add_argument("file", type=Path, metavar="FILE", help="the export: a .zip or a JSON file")
    reading.add_argument("--preview", action="store_true", help="show what is in it; store nothing")
    reading.add_argument(
        "--from-trash", action="store_true", help="also what was imported once and deleted here"
    )
    reading.set_defaults(command=import_them)


def export_them(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        if arguments.list:
            return _list(core.chats.conversations(), as_json=arguments.json)
        ids = arguments.conversation or [one.id for one in core.chats.conversations()]
        options = ExportOptions(arguments.receipts, arguments.reasoning)
        format_ = Format(arguments.format)
        target = (arguments.to or Path()).expanduser()
        done = core.exports.run(
            ids, format_, options, target, lambda *_: None, lambda: False, overwrite=arguments.overwrite
        )
    if arguments.json:
        output.show({"path": str(done.path.absolute()), "conversations": done.files, "format": format_.value})
    else:
        terminal.line(f"{_count(done.files, 'conversation')} written to {done.path.absolute()}")
    return exit_codes.OK


def _list(conversations: Any, *, as_json: bool) -> int:
    rows = [{"id": one.id, "title": one.title, "updated_ms": one.updated_ms} for one in conversations]
    if as_json:
        output.show(rows)
    else:
        for row in rows:
            terminal.line(f"{row['id']}  {_day(row['updated_ms'])}  {file_name(row['title'])}")
    return exit_codes.OK


def import_them(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        preview = core.imports.preview(arguments.file.expanduser(), lambda *_: None, lambda: False)
        done = None
        if not arguments.preview:
            trashed = {row.id for row in preview.rows if row.state is State.TRASHED and arguments.from_trash}
            done = core.imports.run(preview, preview.wanted | trashed, lambda *_: None, lambda: False)
    if arguments.json:
        output.show({**_as_json(preview), "imported": None if done is None else _done_json(done)})
        return exit_codes.OK
    for line in _lines(preview, listed=done is None):
        terminal.write_foreign(line + "\n")
    if done is not None:
        terminal.line(f"imported {_count(done.conversations, 'conversation')}, {done.messages:,} messages")
    return exit_codes.OK


def _lines(preview: Preview, *, listed: bool) -> list[str]:
    sources = ", ".join(source.shown for source in preview.sources) or "nothing to import"
    lines = [f"{sources}: {_count(len(preview.rows), 'conversation')}, {preview.messages:,} messages"]
    if listed:
        lines += [
            f"{_day(row.updated_ms)}  {row.messages:>5}  {row.state.value:<8} {row.title}"
            for row in preview.rows
        ]
    same = sum(row.state is State.SAME for row in preview.rows)
    if same:
        lines.append(f"{same:,} here already")
    return lines + [f"left out: {number:,} {what.value}" for what, number in preview.left_out]


def _as_json(preview: Preview) -> dict[str, Any]:
    return {
        "sources": [source.value for source in preview.sources],
        "conversations": [_row(row) for row in preview.rows],
        "left_out": [{"what": what.name.lower(), "count": number} for what, number in preview.left_out],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "messages": row.messages,
        "new_messages": row.fresh,
        "state": row.state.value,
        "updated_ms": row.updated_ms,
    }


def _done_json(done: Imported) -> dict[str, Any]:
    return {
        "conversations": done.conversations,
        "messages": done.messages,
        "created": list(done.created),
        "restored": list(done.restored),
        "added_to": [cid for cid, _ in done.added],
    }


def _day(ms: int | None) -> str:
    return "----------" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
