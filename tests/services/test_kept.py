"""What is kept between threads: one object for all, nothing that was forgotten while it was read."""

from __future__ import annotations

from nexu_desktop.services.kept import Kept


def test_it_is_read_once() -> None:
    """And again once it is forgotten; another key is read by itself."""
    kept: Kept[str, object] = Kept()
    first = kept.get("a", object)
    assert kept.get("a", object) is first
    assert kept.get("b", object) is not first
    kept.forget("a")
    assert kept.get("a", object) is not first


def test_what_was_forgotten_while_it_was_read_is_not_kept() -> None:
    """A worker that read before a change must not put back what the change has made untrue."""
    kept: Kept[str, str] = Kept()
    disk = ["before"]

    def read() -> str:
        seen = disk[0]
        disk[0] = "after"
        kept.forget("a")
        return seen

    assert kept.get("a", read) == "before"
    assert kept.get("a", lambda: disk[0]) == "after"


def test_two_that_read_at_the_same_time_have_the_same() -> None:
    """Counts hang on the identity of a context."""
    kept: Kept[str, object] = Kept()
    inner: list[object] = []

    def read() -> object:
        inner.append(kept.get("a", object))
        return object()

    assert kept.get("a", read) is inner[0]
