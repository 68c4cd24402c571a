"""The context inspector: what goes before the draft, what each item costs, and what may stay behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexu_desktop.domain.calibration import MILLION, Calibration
from nexu_desktop.domain.chat import EFFORTS, ContextRules, ModelRef
from nexu_desktop.domain.context import SYSTEM_ID, ContextItem, failures, items, sent
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import TokenCount
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Chats
from nexu_desktop.services.questions import Questions

DEAR_PERCENT = 80  # of the likely cost: then less context is suggested
SUGGESTED = 6  # messages
MOST_TEMPERATURE = 200  # hundredths
MOST_OUTPUT = 262_144  # tokens


@dataclass(frozen=True, slots=True)
class ItemCost:
    """`cost` is what keeping the item adds to every further send, in nano-units of the lane.

    For an item that is not sent: what it would add. None where the price is unknown.
    """

    item: ContextItem
    count: TokenCount
    cost: int | None


@dataclass(frozen=True, slots=True)
class Advice:
    """Context makes up `share_percent` of the likely cost; keeping the last N saves nano-units a send."""

    share_percent: int
    saves: int
    keep_last: int


class Contexts:
    def __init__(
        self, chats: Chats, meter: Meter, questions: Questions, conversations: Conversations
    ) -> None:
        self._chats = chats
        self._meter = meter
        self._questions = questions
        self._conversations = conversations
        self._costs: dict[
            str, tuple[tuple[ContextItem, ...], tuple[ModelRef, Calibration], tuple[ItemCost, ...]]
        ] = {}

    def items(self, cid: str) -> tuple[ContextItem, ...]:
        return self._questions.items(cid)

    def costs(self, cid: str) -> tuple[ItemCost, ...] | None:
        """None while counts are pending."""
        question = self._question(cid, "")
        if not self._meter.ready(question):
            return None
        items, key = self.items(cid), (question.offer.ref, question.calibration)
        known = self._costs.get(cid)
        if known is None or known[0] is not items or known[1] != key:
            total = question.calibration.apply(self._meter.counts(question).total)
            known = self._costs[cid] = (items, key, tuple(self._cost(one, question, total) for one in items))
        return known[2]

    def rules(self, cid: str) -> ContextRules:
        conversation = self._conversations.get(cid)
        return conversation.rules if conversation else ContextRules()

    def system(self, cid: str) -> str:
        conversation = self._conversations.get(cid)
        return conversation.system if conversation else ""

    def effort(self, cid: str) -> str:
        return self._questions.effort(cid)

    def set_dropped(self, cid: str, ids: Sequence[str], dropped: bool) -> None:
        """Messages and files by id, SYSTEM_ID for the system prompt; the transcript keeps them.

        A question is sent again although no answer came once its failed tries, which say nothing, are dropped.
        """
        if not dropped:
            failed = failures(self._questions.rows(cid))
            self._chats.set_dropped([row for one in ids for row in failed.get(one, ())], True)
        if SYSTEM_ID in ids:
            self._set_rules(cid, replace(self.rules(cid), drop_system=dropped))
        self._chats.set_dropped([one for one in ids if one != SYSTEM_ID], dropped)
        self._questions.forget_context(cid)

    def keep_last(self, cid: str, count: int | None) -> None:
        """Send only the last `count` messages again, None: all. Raises BadInput out of 0 to 100,000."""
        self._set_rules(cid, replace(self.rules(cid), keep_last=count))

    def drop_files(self, cid: str, on: bool) -> None:
        self._set_rules(cid, replace(self.rules(cid), drop_files=on))

    def set_system(self, cid: str, text: str) -> None:
        self._conversations.store(cid)
        self._chats.set_system(cid, text.strip())
        self._questions.forget_context(cid)

    def set_effort(self, cid: str, effort: str) -> None:
        if effort not in EFFORTS:
            raise BadInput(f"“{effort[:20]}” is no reasoning effort.", "Pick one of the list.")
        self._conversations.store(cid)
        self._chats.set_effort(cid, effort)
        self._questions.forget_context(cid)

    def set_temperature(self, cid: str, hundredths: int | None) -> None:
        """None: the model's own. Raises BadInput out of 0.00 to 2.00."""
        if hundredths is not None and not 0 <= hundredths <= MOST_TEMPERATURE:
            raise BadInput("The temperature goes from 0.00 to 2.00.", "Leave it empty for the model’s own.")
        self._conversations.store(cid)
        self._chats.set_temperature(cid, hundredths)
        self._questions.forget_context(cid)

    def set_output_limit(self, cid: str, tokens: int | None) -> None:
        """None: that of the settings. Raises BadInput out of 1 to 262,144."""
        if tokens is not None and not 1 <= tokens <= MOST_OUTPUT:
            raise BadInput(
                "An answer may have 1 to 262,144 tokens.", "Leave it empty for that of the settings."
            )
        self._conversations.store(cid)
        self._chats.set_output_limit(cid, tokens)
        self._questions.forget_context(cid)

    def changed(self, cid: str) -> None:
        """What goes before the draft is another now."""
        self._questions.forget_context(cid)

    def advice(self, cid: str, draft: str) -> Advice | None:
        """A suggestion once the context is most of what this send costs."""
        question = self._question(cid, draft)
        before = self._meter.estimate(question)
        rate = question.offer.rate
        sent_now = sum(item.unsent is None for item in self.items(cid))
        if before is None or before.cost is None or rate is None or sent_now <= SUGGESTED:
            return None
        context = reported(question, self._meter.counts(question).context.tokens)
        price = rate.adds(context, before.input.tokens, before.cached)
        share = price * 100 // max(before.cost.likely, 1)
        if share <= DEAR_PERCENT:
            return None
        after = self._meter.estimate_now(replace(question, context=self.shorter(cid, SUGGESTED)))
        saves = before.cost.likely - after.cost.likely if after.cost else 0
        return Advice(min(share, 100), saves, SUGGESTED) if saves > 0 else None

    def shorter(self, cid: str, keep_last: int) -> Context:
        """The context as it would be with the last messages alone."""
        return self._with_rules(cid, replace(self.rules(cid), keep_last=keep_last))

    def without_files(self, cid: str) -> Context:
        """The context as it would be without files that one question has had."""
        return self._with_rules(cid, replace(self.rules(cid), drop_files=True))

    def _with_rules(self, cid: str, rules: ContextRules) -> Context:
        conversation = self._conversations.get(cid)
        now = self._questions.context(cid)
        if conversation is None:
            return now
        shorter = items(replace(conversation, rules=rules), self._questions.rows(cid))
        return Context(sent(shorter), now.replies)

    def _set_rules(self, cid: str, rules: ContextRules) -> None:
        self._conversations.store(cid)
        self._chats.set_rules(cid, rules)
        self._questions.forget_context(cid)

    def _question(self, cid: str, draft: str) -> Question:
        return self._questions.question(cid, draft, self._conversations.ref(cid))

    def _cost(self, item: ContextItem, question: Question, total: int) -> ItemCost:
        model, rate = question.model, question.offer.rate
        if item.image is not None:
            count = self._meter.image(model, item.image)
        else:
            count = TokenCount(self._meter.text(model, item.text), self._meter.basis(model))
        count = replace(count, tokens=reported(question, count.tokens), counted=count.tokens)
        return ItemCost(item, count, rate.adds(count.tokens, total) if rate else None)


def reported(question: Question, counted: int) -> int:
    """A part of the input as the provider will report it: the factor alone, the constant is of the whole."""
    return counted * question.calibration.factor_ppm // MILLION
