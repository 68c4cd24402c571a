"""What a selection says, as plain text or as markdown; rows that are not on the screen are read from the messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.markup.segments import Kind, Segment, split
from nexu_desktop.ui.chat_view.document_copy import document_markdown, fenced, plain_text
from nexu_desktop.ui.chat_view.paper import Paper, Papers
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.spots import END, REASONING, TEXT, Selection, Spot

RENDERED_CHARS = (
    400_000  # whole messages beyond that are copied as they came: rendering them would take too long
)


def text_of(
    selection: Selection,
    messages: Sequence[Message],
    row_of: Callable[[int], Row | None],
    papers: Papers,
    *,
    markdown: bool = False,
) -> str:
    """Messages are parted by an empty line."""
    left, texts = RENDERED_CHARS, []
    for row in selection.rows:
        if row >= len(messages):
            break
        message = messages[row]
        left -= len(message.text)
        if _whole(selection, row) and (markdown or left < 0 or message.role is Role.NOTE):
            texts.append(message.text.strip("\n"))
        else:
            texts.append(_row_text(selection, row, message, row_of(row), papers, markdown=markdown))
    return "\n\n".join(filter(None, texts))


def _whole(selection: Selection, row: int) -> bool:
    return selection.first <= Spot(row, TEXT, 0, 0) and selection.last >= Spot(row, END, END, END)


def _row_text(
    selection: Selection, row: int, message: Message, live: Row | None, papers: Papers, *, markdown: bool
) -> str:
    pieces: list[str] = []
    for part, segments, muted in _parts(message, live):
        for number, segment in enumerate(segments):
            inside = selection.inside(row, part, number)
            if inside is not None:
                whole = inside == (0, END)
                pieces.append(
                    _piece_text(segment, None if whole else inside, papers, muted, markdown=markdown)
                )
    return ("\n\n" if markdown else "\n").join(piece for piece in pieces if piece)


def _parts(message: Message, live: Row | None) -> Iterator[tuple[int, list[Segment], bool]]:
    """The texts of a row as they are on the screen, or as they would be."""
    if live is not None:
        for body in live.texts():
            yield body.part, [piece.segment for piece in body.pieces], body.part == REASONING
        return
    yield TEXT, split(message.text, plain=message.role is Role.USER), False


def _piece_text(
    segment: Segment, inside: tuple[int, int] | None, papers: Papers, muted: bool, *, markdown: bool
) -> str:
    code = segment.kind is Kind.CODE
    if inside is None and code:
        return fenced(segment.text, segment.language) if markdown else segment.text
    if inside is None and markdown:
        return segment.text.strip("\n")
    paper = _paper(segment, papers, muted)
    start, end = inside or (0, END)
    end = min(end, max(paper.characterCount() - 1, 0))
    if markdown and segment.kind is Kind.TEXT:
        return document_markdown(paper, start, end)
    text = plain_text(paper, min(start, end), end)
    return fenced(text, segment.language) if markdown and code and "\n" in text else text


def _paper(segment: Segment, papers: Papers, muted: bool) -> Paper:
    if segment.kind is not Kind.CODE:
        return papers.closed(segment, muted=muted)
    paper = Paper()
    papers.fill_code(paper, segment.text)
    return paper
