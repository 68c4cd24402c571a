"""Other ways a conversation could have gone: a question asked in other words, an answer made again, one taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nexu_desktop.domain.branches import Place, Tree, places
from nexu_desktop.domain.chat import Message, ModelRef, Receipt, Role
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import TurnRefused
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.ports import Chats, Emit
from nexu_desktop.services.questions import Questions
from nexu_desktop.services.sending import Sending

SEEN = 200  # leaves remembered of each conversation, until the program ends


@dataclass(frozen=True, slots=True)
class Deleted:
    """What `undo` brings back: these messages, and `leaf` as the end of the branch that is shown."""

    conversation: str
    messages: tuple[str, ...]
    leaf: str


class Branches:
    """While an answer arrives in a conversation its branches stay as they are: everything here refuses then."""

    def __init__(
        self, chats: Chats, sending: Sending, questions: Questions, conversations: Conversations
    ) -> None:
        self._chats = chats
        self._sending = sending
        self._questions = questions
        self._conversations = conversations
        self._seen: dict[str, list[str]] = {}

    # --- asking again ---

    async def edit_and_resend(
        self, message_id: str, text: str, emit: Emit, *, confirmed: bool = False
    ) -> Receipt | None:
        """Ask `text` beside the question `message_id`, with its files; what refuses it is told as TurnRefused.

        Both questions and their answers stay; the new branch is shown.
        """
        if self._refused(message_id, emit):
            return None
        return await self._sending.edited(message_id, text, emit, confirmed=confirmed)

    async def regenerate(
        self, message_id: str, emit: Emit, *, ref: ModelRef | None = None, confirmed: bool = False
    ) -> Receipt | None:
        """Another answer beside `message_id`, by `ref` if it is given; the conversation keeps its model."""
        if self._refused(message_id, emit):
            return None
        return await self._sending.again(message_id, emit, confirmed=confirmed, ref=ref)

    def edit_estimate(self, message_id: str, text: str) -> Estimate | None:
        """What the edited question would cost, with the budgets it would reach; None while counts are pending."""
        return self._sending.estimate_again(message_id, text)

    def regenerate_estimate(self, message_id: str, ref: ModelRef | None = None) -> Estimate | None:
        """What another answer would cost; None while counts are pending, or where nothing is asked."""
        return self._sending.estimate_again(message_id, ref=ref)

    async def warm(self, message_id: str, text: str | None = None, refs: Sequence[ModelRef] = ()) -> None:
        """Count what the estimates above need; () is the model of the conversation."""
        await self._sending.warm_again(message_id, text, refs)

    # --- which branch is shown ---

    def places(self, cid: str) -> Mapping[str, Place]:
        """The messages of the shown branch that have siblings, and what these branches have cost."""
        return places(self._chats.links(cid), self._conversations.leaf(cid))

    def switch(self, message_id: str, step: int) -> str:
        """Show the branch of the sibling `step` on (-1 or 1), where it was left; the new leaf, '' if there is none.

        Raises BadInput while an answer arrives.
        """
        message = self._still(message_id)
        if message is None:
            return ""
        cid = message.conversation
        leaf = self._tree(cid).beside(message_id, step, self._seen.get(cid, ()))
        if leaf:
            self._leaves(cid)
            self._chats.show_branch(cid, leaf)
            self._questions.forget_context(cid)
        return leaf

    # --- taking out ---

    def delete(self, message_id: str) -> Deleted | None:
        """Take a question or an answer out with all that follows it; what it has cost stays in every sum.

        None where it is gone already. Raises BadInput for a note or a summary, and while an answer arrives.
        """
        message = self._still(message_id)
        if message is None:
            return None
        if message.role not in (Role.USER, Role.ASSISTANT):
            raise BadInput(
                "Only questions and answers can be deleted.", "Leave it out of what is sent instead."
            )
        cid = message.conversation
        tree, leaf = self._tree(cid), self._conversations.leaf(cid)
        gone = tree.under(message_id)
        shown = tree.without(message_id, self._seen.get(cid, ())) if leaf in gone else leaf
        self._chats.hide(cid, gone, shown)
        self._questions.forget_context(cid)
        return Deleted(cid, gone, leaf)

    def undo(self, deleted: Deleted) -> None:
        """Raises BadInput while an answer arrives."""
        self._refuse_busy(deleted.conversation)
        self._chats.unhide(deleted.conversation, deleted.messages, deleted.leaf)
        self._questions.forget_context(deleted.conversation)

    # --- inside ---

    def _tree(self, cid: str) -> Tree:
        return Tree((one.id, one.parent) for one in self._chats.links(cid) if not one.hidden)

    def _leaves(self, cid: str) -> None:
        """Remember where this branch was left."""
        seen = self._seen.setdefault(cid, [])
        seen.append(self._conversations.leaf(cid))
        del seen[:-SEEN]

    def _still(self, message_id: str) -> Message | None:
        message = self._chats.message(message_id)
        if message is not None:
            self._refuse_busy(message.conversation)
        return message

    def _refuse_busy(self, cid: str) -> None:
        if self._sending.busy(cid):
            raise BadInput("An answer is still arriving here.", "Stop it, or wait for its end.")

    def _refused(self, message_id: str, emit: Emit) -> bool:
        message = self._chats.message(message_id)
        if message is None:
            return True
        try:
            self._refuse_busy(message.conversation)
        except BadInput as error:
            emit(TurnRefused(message_id, message.conversation, "", error.title, error.hint))
            return True
        return False
