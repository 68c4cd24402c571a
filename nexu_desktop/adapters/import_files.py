"""Files of other programs as conversations: which format it is says the content, never the name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from nexu_desktop.adapters import (
    export_json,
    import_chatbox,
    import_chatgpt,
    import_cherry,
    import_claude,
    import_nexu,
    import_openai,
)
from nexu_desktop.adapters.foreign_file import ForeignFile, Member, look_at
from nexu_desktop.adapters.import_making import Open
from nexu_desktop.adapters.json_stream import Broken, Event, JsonStream, Ticker, Watch
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.transfer import ImportedConversation, Left, Source, Tally

Read = Callable[[Open, Tally], Iterator[ImportedConversation]]
READERS: dict[Source, Read] = {
    Source.CHATGPT: import_chatgpt.read,
    Source.CLAUDE: import_claude.read,
    Source.CHERRY: import_cherry.read,
    Source.CHATBOX: import_chatbox.read,
    Source.OPENAI: import_openai.read,
    Source.NEXU: import_nexu.read,
}
_BY_KEY = {
    "mapping": Source.CHATGPT,
    "chat_messages": Source.CLAUDE,
    "indexedDB": Source.CHERRY,
    "__exported_items": Source.CHATBOX,
    **dict.fromkeys(import_chatbox.LISTS, Source.CHATBOX),
    "role": Source.OPENAI,
}


class ImportFiles:
    """Implements transfer_port.ForeignReader for one file."""

    def __init__(self, path: Path) -> None:
        """Raises BadInput for what cannot be read."""
        self._file: ForeignFile = look_at(path)
        self._found: list[tuple[Member, Source]] | None = None

    @property
    def stamp(self) -> tuple[int, int]:
        return self._file.stamp

    def conversations(
        self, tally: Tally, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Iterator[ImportedConversation]:
        """One after the other; raises BadInput where nothing can be read, TransferStopped when cancelled."""
        found = self._sources(cancelled)
        watch = Ticker(sum(m.size * (1 + (s is Source.CHERRY)) for m, s in found), progress, cancelled)
        for member, source in found:
            yield from self._of(member, source, watch, tally)

    def _sources(self, cancelled: Callable[[], bool]) -> list[tuple[Member, Source]]:
        if self._found is None:
            looked = [(member, self._detect(member, cancelled)) for member in self._file.members]
            self._found = [(member, source) for member, source in looked if source is not None]
        if not self._found:
            raise self._unknown()
        return self._found

    def _detect(self, member: Member, cancelled: Callable[[], bool]) -> Source | None:
        try:
            with self._file.open(member) as file:
                return detect(JsonStream(file, Ticker(member.size, lambda done, total: None, cancelled)))
        except Broken:
            return None

    def _of(
        self, member: Member, source: Source, watch: Watch, tally: Tally
    ) -> Iterator[ImportedConversation]:
        """A file that breaks off gives what came before."""
        some = False
        with ExitStack() as opened:

            def open_file() -> JsonStream:
                return JsonStream(opened.enter_context(self._file.open(member)), watch)

            try:
                for made in READERS[source](open_file, tally):
                    some = True
                    yield made
            except (Broken, EOFError) as error:
                if not some:
                    raise BadInput(
                        f"{member.name} is damaged: its JSON breaks off.", "Export it again, then import it."
                    ) from error
                tally.count(Left.BROKEN_OFF)

    def _unknown(self) -> BadInput:
        if any(name.lstrip("./").startswith(("IndexedDB/", "Data/IndexedDB/")) for name in self._file.names):
            return BadInput(
                "This Cherry Studio backup holds database folders that only Cherry Studio can read.",
                "Import a backup of an older version (with data.json), or export the topics as JSON.",
            )
        return BadInput(
            f"There are no conversations in {self._file.path.name} that can be read.",
            "Choose an export of ChatGPT, Claude, Cherry Studio, Chatbox or Nexu Desktop, "
            "or messages in OpenAI’s format.",
        )


def detect(stream: JsonStream) -> Source | None:
    """By the keys of the first object. Raises Broken before one could tell."""
    for root in stream.roots():
        first = root
        while first[0] == "start_array":
            inside = next(stream.items(), None)
            if inside is None:
                return None
            first = inside
        return _of_object(stream) if first[0] == "start_map" else None
    return None


def _of_object(stream: JsonStream) -> Source | None:
    for key, first in stream.pairs():
        if key.startswith("session:"):
            return Source.CHATBOX
        if key == "format" and first[1] == export_json.FORMAT:
            return Source.NEXU
        if key == "messages" and first[0] == "start_array":
            return _of_messages(stream)
        if key in _BY_KEY:
            return _BY_KEY[key]
        stream.skip(first)
    return None


def _of_messages(stream: JsonStream) -> Source | None:
    """Chatbox's own sessions have `messages` too, made of parts."""
    first: Event | None = next(stream.items(), None)
    if first is None or first[0] != "start_map":
        return Source.OPENAI
    return Source.CHATBOX if any(key == "contentParts" for key, _ in _keys(stream)) else Source.OPENAI


def _keys(stream: JsonStream) -> Iterator[tuple[str, None]]:
    for key, first in stream.pairs():
        stream.skip(first)
        yield key, None
