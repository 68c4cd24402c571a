"""Foreign trees made ours: bridges over what is left out, answers in pieces, lost rings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.import_tree import Node, chain, tree_of
from nexu_desktop.domain.transfer import ImportedMessage


def user(name: str, parent: str = "") -> Node:
    return Node(name, parent, ImportedMessage(name, Role.USER, name))


def answer(name: str, parent: str, **changes: str) -> Node:
    return Node(name, parent, ImportedMessage(name, Role.ASSISTANT, name, **changes))


def shape(*nodes: Node, leaf: str = "") -> list[tuple[str, str, str]]:
    """(id, parent, text) of what is kept."""
    return [(one.id, one.parent, one.text) for one in tree_of(nodes, leaf).messages]


def test_what_is_left_out_is_bridged() -> None:
    """Its children follow what it followed; its thoughts go to the answer after it."""
    tree = tree_of(
        [user("q"), Node("t", "q", thoughts="hm"), Node("x", "t"), answer("a", "x", reasoning="so")]
    )
    assert [(one.id, one.parent, one.reasoning) for one in tree.messages] == [
        ("q", "", ""),
        ("a", "q", "hm\n\nso"),
    ]
    assert tree.lost == 0


def test_an_answer_in_pieces_is_one() -> None:
    """A chain of answers is joined; the leaf is then the whole of it."""
    nodes = [
        user("q"),
        answer("a", "q"),
        Node("tool", "a"),
        answer("b", "tool"),
        answer("c", "b"),
        user("d", "c"),
    ]
    assert shape(*nodes) == [("q", "", "q"), ("a", "q", "a\n\nb\n\nc"), ("d", "a", "d")]
    assert tree_of(nodes, "b").leaf == "a"


def test_answers_that_branch_are_not_joined() -> None:
    """Two that follow one answer are branches."""
    assert shape(user("q"), answer("a", "q"), answer("b", "a"), answer("c", "a")) == [
        ("q", "", "q"), ("a", "q", "a"), ("b", "a", "b"), ("c", "a", "c"),
    ]  # fmt: skip


def test_the_leaf_is_the_one_named_or_the_last() -> None:
    """One that is left out means what it followed; one that is not there the last branch."""
    nodes = [user("q"), answer("a", "q"), user("r", "a"), answer("b", "q"), Node("x", "a")]
    leaves = {name: tree_of(nodes, name).leaf for name in ("a", "x", "none", "")}
    assert leaves == {"a": "a", "x": "a", "none": "b", "": "b"}


def test_a_list_is_a_chain() -> None:
    """Each follows the one before, whatever it named."""
    assert shape(*chain([user("a", "z"), answer("b", "y"), user("c")])) == [
        ("a", "", "a"), ("b", "a", "b"), ("c", "b", "c"),
    ]  # fmt: skip


NAMES = st.sampled_from("abcdefgh")
NODES = st.lists(
    st.builds(
        lambda name, parent, kind: [user, answer, Node][kind](name, parent),  # type: ignore[operator]  # three makers
        NAMES, NAMES | st.just(""), st.integers(0, 2),
    ),
    max_size=12,
)  # fmt: skip


@given(NODES, NAMES)
def test_any_tangle_becomes_a_tree(nodes: list[Node], leaf: str) -> None:
    """Parents before children, no id twice, no text lost but that of rings."""
    tree = tree_of(nodes, leaf)
    seen = {""}
    for one in tree.messages:
        assert one.parent in seen
        assert one.id not in seen
        seen.add(one.id)
    assert tree.leaf in seen
    assert bool(tree.leaf) == bool(tree.messages)
    words = "\n\n".join(one.text for one in tree.messages).split("\n\n") if tree.messages else []
    kept = {node.id for node in nodes}
    assert len(words) == len(set(words)) <= len(kept)
