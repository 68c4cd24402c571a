"""The messages of a conversation as a tree: which branch is shown, what stands beside a message, what each costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nexu_desktop.domain.credits import Nanocredits, Nanodollars

ROOT = ""  # what the first message of a conversation follows


@dataclass(frozen=True, slots=True)
class Link:
    """A message without its text: what it follows, and what its answer was charged; None where unknown.

    `hidden`: it was deleted, and is here for what it has cost alone.
    """

    id: str
    parent: str
    charged: Nanocredits | None = None
    dollars: Nanodollars | None = None
    hidden: bool = False


class Tree:
    """Of (id, parent) pairs in the order they were added; links that run in a circle are followed once.

    A row whose parent is not among them begins a branch of its own, so that nothing on disk is ever out of reach.
    """

    def __init__(self, links: Iterable[tuple[str, str]]) -> None:
        self._parents = dict(links)
        self._places = {name: place for place, name in enumerate(self._parents)}
        self._children: dict[str, list[str]] = {}
        for name, parent in self._parents.items():
            self._children.setdefault(self._known(parent), []).append(name)

    def __contains__(self, name: object) -> bool:
        return name in self._parents

    def path(self, leaf: str = "") -> tuple[str, ...]:
        """From the first message to `leaf`; '' or one that is not there: to the newest."""
        name = leaf if leaf in self._parents else self.newest()
        found: dict[str, None] = {}
        while name in self._parents and name not in found:
            found[name] = None
            name = self._parents[name]
        return tuple(reversed(found))

    def parent(self, name: str) -> str:
        """What it follows; '' for the first of a branch of its own."""
        return self._known(self._parents.get(name, ROOT))

    def siblings(self, name: str) -> tuple[str, ...]:
        """It and the others that follow the same message, in the order they were added."""
        return tuple(self._children.get(self.parent(name), ())) if name in self._parents else ()

    def under(self, name: str) -> tuple[str, ...]:
        """It and all that follows it on every branch, in the order added."""
        found = {name: None} if name in self._parents else {}
        waiting = list(found)
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return tuple(sorted(found, key=self._places.__getitem__))

    def newest(self, below: str = "") -> str:
        """The last added message that nothing follows, of all or `below` one; '' where there is none."""
        among = self.under(below) if below else self._parents
        leaves = (name for name in reversed(tuple(among)) if not self._children.get(name))
        return next(leaves, next(reversed(tuple(among)), ""))

    def beside(self, name: str, step: int, seen: Sequence[str] = ()) -> str:
        """The leaf to show when one goes `step` siblings on; '' where there is no such sibling.

        `seen` are leaves shown before, the latest last: what was last seen there is seen again, else the newest.
        """
        all_of_them = self.siblings(name)
        place = all_of_them.index(name) + step if name in all_of_them else -1
        if not 0 <= place < len(all_of_them):
            return ""
        return self.last_shown(all_of_them[place], seen)

    def last_shown(self, name: str, seen: Sequence[str] = ()) -> str:
        """The leaf to show of the branch that `name` begins."""
        below = set(self.under(name))
        known = next((leaf for leaf in reversed(seen) if leaf in below), name)
        return self.newest(known)

    def without(self, name: str, seen: Sequence[str] = ()) -> str:
        """The leaf to show once `name` and what follows it are gone: a sibling's, else what it followed."""
        beside = self.siblings(name)
        if len(beside) < 2:
            return self.parent(name)
        place = beside.index(name)
        return self.last_shown(beside[place - 1 if place else 1], seen)

    def sums(self, charges: Mapping[str, int]) -> dict[str, int]:
        """Of each message and all that follows it on every branch."""
        order = list(self._children.get(ROOT, ()))
        for name in order:  # grows while it is read: each message comes after the one it follows
            order += self._children.get(name, ())
        found = {name: charges.get(name, 0) for name in order}
        for name in reversed(order):
            parent = self.parent(name)
            if parent in found:
                found[parent] += found[name]
        return found

    def _known(self, parent: str) -> str:
        return parent if parent in self._parents else ROOT


@dataclass(frozen=True, slots=True)
class BranchCost:
    """What was paid, in nano-units: from this message to the end that is shown, and on all its siblings' branches."""

    here: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A message is `number` of `count` that follow the same one, counted from 1; what these branches have cost."""

    number: int
    count: int
    credits: BranchCost = BranchCost()
    dollars: BranchCost = BranchCost()


def places(links: Sequence[Link], leaf: str) -> dict[str, Place]:
    """Where the branch that ends with `leaf` could go another way: each of its messages that has siblings.

    What deleted messages have cost stays among the cost of all, as it stays in the sum of the conversation.
    """
    tree = Tree((one.id, one.parent) for one in links if not one.hidden)
    shown = tree.path(leaf)
    forks = {name: beside for name in shown if len(beside := tree.siblings(name)) > 1}
    if not forks:  # as in most conversations: a long one need not be added up
        return {}
    whole = Tree((one.id, one.parent) for one in links)
    paid = _costs(whole, shown, {one.id: one.charged or 0 for one in links})
    dollars = _costs(whole, shown, {one.id: one.dollars or 0 for one in links})
    return {
        name: Place(beside.index(name) + 1, len(beside), paid[name], dollars[name])
        for name, beside in forks.items()
    }


def _costs(tree: Tree, shown: Sequence[str], charges: Mapping[str, int]) -> dict[str, BranchCost]:
    sums, rest, found = tree.sums(charges), 0, {}
    for name in reversed(shown):
        rest += charges.get(name, 0)
        found[name] = BranchCost(rest, sum(sums.get(one, 0) for one in tree.siblings(name)))
    return found
