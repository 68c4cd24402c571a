"""What the list of the sidebar shows, as plain rows: headings, conversations, and messages that a search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.credits import show_spent
from nexu_desktop.domain.library import Entry, Folder, Found, Hit, Marks


@dataclass(frozen=True, slots=True)
class Heading:
    """`folder` is set for one that can be folded; `count` are its conversations."""

    title: str
    folder: Folder | None = None
    count: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return ("heading", self.title) if self.folder is None else ("folder", self.folder.id)

    @property
    def spoken(self) -> str:
        if self.folder is None:
            return self.title
        many = "1 conversation" if self.count == 1 else f"{self.count} conversations"
        return f"Folder {self.title}, {many}, {'folded' if self.folder.folded else 'unfolded'}"


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation. `aside` stands on the right, `chips` before it; `marks` in its title; `inside` a folder."""

    entry: Entry
    aside: str = ""
    chips: tuple[str, ...] = ()
    marks: Marks = ()
    inside: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return "conversation", self.entry.id

    @property
    def spoken(self) -> str:
        spent = show_spent(self.entry.spent, self.entry.spent_play)
        aside = "" if self.aside in ("", spent) else f", {self.aside}"
        cost = f"{spent or '0'} credits charged"
        tags = f", tags {', '.join(self.entry.tags)}" if self.entry.tags else ""
        return f"{title_of(self.entry)}, {cost}{aside}{tags}"


@dataclass(frozen=True, slots=True)
class HitLine:
    """A message of the conversation above it."""

    entry: Entry
    hit: Hit

    @property
    def key(self) -> tuple[str, str]:
        return "message", self.hit.message

    @property
    def spoken(self) -> str:
        who = "You" if self.hit.role is Role.USER else "Answer"
        return f"{who}: {self.hit.snippet}"


Row = Heading | Line | HitLine


def library_rows(entries: Sequence[Entry], folders: Sequence[Folder], today: date) -> list[Row]:
    """Pinned, then the folders, then the rest by day; `entries` are newest first, archived ones left out here."""
    shown = [entry for entry in entries if entry.archived_ms is None]
    inside: dict[str, list[Entry]] = {folder.id: [] for folder in folders}
    pinned: list[Entry] = []
    rest: list[Entry] = []
    for entry in shown:
        if entry.pinned_ms is not None:
            pinned.append(entry)
        else:
            inside.get(entry.folder or "", rest).append(entry)
    names = {folder.id: folder.name for folder in folders}
    rows: list[Row] = [Heading("Pinned")] if pinned else []
    pinned.sort(key=lambda entry: entry.pinned_ms or 0)
    rows += [_line(entry, names.get(entry.folder or "", "")) for entry in pinned]
    for folder in folders:
        its = inside[folder.id]
        rows.append(Heading(folder.name, folder, len(its)))
        rows += [] if folder.folded else [_line(entry, inside=True) for entry in its]
    return rows + by_day(rest, today)


def by_day(entries: Sequence[Entry], today: date) -> list[Row]:
    rows: list[Row] = []
    group = ""
    starts = _group_starts(today)
    for entry in entries:
        name = next(name for start, name in starts if entry.updated_ms >= start)
        if name != group:
            group = name
            rows.append(Heading(name))
        rows.append(_line(entry))
    return rows


def archive_rows(entries: Sequence[Entry], folders: Sequence[Folder], today: date) -> list[Row]:
    names = {folder.id: folder.name for folder in folders}
    rows = by_day([entry for entry in entries if entry.archived_ms is not None], today)
    return [
        _line(row.entry, names.get(row.entry.folder or "", "")) if isinstance(row, Line) else row
        for row in rows
    ]


def trash_rows(entries: Sequence[tuple[Entry, int]]) -> list[Row]:
    """With the days that are left of each."""
    return [Line(entry, "1 day" if days == 1 else f"{days} days", entry.tags) for entry, days in entries]


def found_rows(found: Found, folders: Sequence[Folder]) -> list[Row]:
    """Titles first, then what was said, under its conversation."""
    names = {folder.id: folder.name for folder in folders}
    rows: list[Row] = [Heading("Titles")] if found.titles else []
    for match in found.titles:
        rows.append(_line(match.entry, _place(match.entry, names), match.marks))
    if found.messages:
        rows.append(Heading("Messages"))
    for match in found.messages:
        rows.append(_line(match.entry, _place(match.entry, names)))
        rows += [HitLine(match.entry, hit) for hit in match.hits]
    if found.more:
        rows.append(Heading("There is more; add a word to narrow it"))
    return rows


def title_of(entry: Entry) -> str:
    return entry.title or "New conversation"


def _line(entry: Entry, place: str = "", marks: Marks = (), *, inside: bool = False) -> Line:
    chips = ((place,) if place else ()) + entry.tags
    return Line(entry, show_spent(entry.spent, entry.spent_play), chips, marks, inside)


def _place(entry: Entry, names: dict[str, str]) -> str:
    return "Archive" if entry.archived_ms is not None else names.get(entry.folder or "", "")


def _group_starts(today: date) -> tuple[tuple[int, str], ...]:
    """The first moment of each group in Unix milliseconds, the newest group first."""
    groups = (("Today", 0), ("Yesterday", 1), ("Last 7 days", 6), ("Last 30 days", 29))
    starts = tuple((_start_ms(today - timedelta(days=back)), name) for name, back in groups)
    return (*starts, (-(1 << 62), "Earlier"))


def _start_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day).timestamp() * 1000)
