"""What every implementation of ports.Chats does with files, and with what is sent again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.chat import Attachment, AttachmentKind, ContextRules, Message
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.ports import Chats
from tests.contracts.chats import answer, conversation, question

NOTES = Attachment("f1", AttachmentKind.TEXT, "notes – 字.md", "text/markdown", 9, "# Notes\n")
PHOTO = Attachment("f2", AttachmentKind.IMAGE, "photo.png", "image/png", 4, width=640, height=480)
PIXELS = b"\x00\xff\x89P"


def asked(*files: Attachment, identity: str = "q1", where: str = "c1", parent: str = "") -> Message:
    return replace(question(identity, where=where, parent=parent), attachments=files)


class AttachmentsContract:
    """Subclass it with a fixture `chats` that gives an empty implementation."""

    @pytest.fixture
    def draft(self, chats: Chats) -> Chats:
        """A conversation whose draft has two files."""
        chats.create(conversation())
        chats.attach("c1", NOTES, b"# Notes\n")
        chats.attach("c1", PHOTO, PIXELS)
        return chats

    def test_a_draft_has_files(self, draft: Chats) -> None:
        """In the order attached, every field and byte as given; another conversation sees none of them."""
        draft.create(conversation("c2"))
        assert draft.draft_attachments("c1") == (NOTES, PHOTO)
        assert (draft.attachment_data("f1"), draft.attachment_data("f2")) == (b"# Notes\n", PIXELS)
        assert (draft.draft_attachments("c2"), draft.messages("c1")) == ((), ())
        assert draft.attachment_data("none") == b""

    def test_a_file_can_be_taken_out_of_a_draft(self, draft: Chats) -> None:
        """It and its bytes are gone; taking it out once more, or one that never was, does nothing."""
        for identity in ("f1", "f1", "none"):
            draft.detach(identity)
        assert (draft.draft_attachments("c1"), draft.attachment_data("f1")) == ((PHOTO,), b"")

    def test_a_question_takes_its_files(self, draft: Chats) -> None:
        """They leave the draft for the message, with their bytes, and can no longer be detached."""
        draft.add(asked(NOTES, PHOTO), answer())
        draft.detach("f2")
        assert draft.draft_attachments("c1") == ()
        assert draft.messages("c1") == (asked(NOTES, PHOTO), answer())
        assert (draft.message("q1"), draft.message("a1")) == (asked(NOTES, PHOTO), answer())
        assert draft.attachment_data("f2") == PIXELS

    def test_a_question_takes_only_the_files_it_names(self, draft: Chats) -> None:
        """The others stay in the draft, for a later question."""
        draft.add(asked(PHOTO))
        first = draft.draft_attachments("c1")
        second = asked(NOTES, identity="q2", parent="q1")
        draft.add(second)
        assert (first, draft.draft_attachments("c1")) == ((NOTES,), ())
        assert draft.messages("c1") == (asked(PHOTO), second)

    def test_a_file_that_is_not_in_the_draft_stops_the_question(self, draft: Chats) -> None:
        """One never attached, one of another conversation and one already sent: nothing of it is stored."""
        draft.create(conversation("c2"))
        draft.add(asked(NOTES))
        wrong = [replace(PHOTO, id="never"), NOTES]
        for file in wrong:
            with pytest.raises(BadInput):
                draft.add(asked(PHOTO, file, identity="q2"))
        with pytest.raises(BadInput):
            draft.add(asked(PHOTO, identity="q2", where="c2"))
        assert (draft.messages("c1"), draft.messages("c2")) == ((asked(NOTES),), ())
        assert draft.draft_attachments("c1") == (PHOTO,)

    def test_a_file_needs_a_conversation(self, chats: Chats) -> None:
        """Attached to one that is gone it would never be seen again."""
        with pytest.raises(BadInput):
            chats.attach("c1", NOTES, b"")
        assert chats.attachment_data("f1") == b""

    def test_a_file_can_be_copied_to_another_question(self, draft: Chats) -> None:
        """An edited question has files of its own: what is dropped of one stays with the other."""
        draft.add(asked(NOTES, PHOTO))
        draft.add(asked(replace(PHOTO, id="f3", copy_of="f2"), identity="q2"))
        draft.set_dropped(["f2"], True)
        assert draft.messages("c1") == (asked(replace(PHOTO, id="f3"), identity="q2"),)
        assert (draft.attachment_data("f3"), draft.attachment_data("f2")) == (PIXELS, PIXELS)
        with pytest.raises(BadInput):
            draft.add(asked(replace(PHOTO, id="f4", copy_of="none"), identity="q3"))
        assert draft.message("q3") is None

    def test_a_hidden_message_takes_its_files_along(self, draft: Chats) -> None:
        """Back with it; once it is purged their bytes are gone, and the files of the draft stay."""
        draft.add(asked(NOTES))
        draft.hide("c1", ["q1"], "")
        draft.unhide("c1", ["q1"], "q1")
        assert (draft.messages("c1"), draft.attachment_data("f1")) == ((asked(NOTES),), b"# Notes\n")
        draft.hide("c1", ["q1"], "")
        draft.purge_deleted()
        assert (draft.messages("c1"), draft.attachment_data("f1")) == ((), b"")
        assert (draft.draft_attachments("c1"), draft.attachment_data("f2")) == ((PHOTO,), PIXELS)

    def test_a_purged_conversation_takes_its_files_along(self, draft: Chats) -> None:
        """Those of its messages and those of its draft; until then they come back with it."""
        draft.add(asked(NOTES))
        draft.delete("c1")
        draft.library.bin(["c1"], None)
        kept = (draft.messages("c1"), draft.draft_attachments("c1"))
        draft.delete("c1")
        draft.purge_deleted()
        assert kept == ((asked(NOTES),), (PHOTO,))
        assert (draft.attachment_data("f1"), draft.attachment_data("f2")) == (b"", b"")

    def test_what_is_dropped_can_be_restored(self, draft: Chats) -> None:
        """Messages and files at once, by id; unknown ids do nothing, and nothing else changes."""
        draft.add(asked(NOTES), answer())
        draft.set_dropped(["q1", "f1", "f2", "none"], True)
        dropped = draft.messages("c1"), draft.draft_attachments("c1")
        draft.set_dropped(["f1"], False)
        gone = replace(NOTES, dropped=True)
        assert dropped == (
            (replace(asked(gone), dropped=True), answer()),
            (replace(PHOTO, dropped=True),),
        )
        assert draft.messages("c1") == (replace(asked(NOTES), dropped=True), answer())

    def test_a_message_can_be_added_dropped(self, chats: Chats) -> None:
        """As it is given, so it comes back."""
        chats.create(conversation())
        chats.add(replace(question(), dropped=True))
        assert chats.messages("c1") == (replace(question(), dropped=True),)

    def test_what_is_sent_again_is_kept(self, chats: Chats) -> None:
        """Rules, system prompt and effort are stored with the conversation and change alone."""
        first = conversation("c1", rules=ContextRules(5, True, False), effort="low", system="You are brief.")
        chats.create(first)
        chats.create(conversation("c2"))
        chats.set_rules("c2", ContextRules(0, False, True))
        chats.set_effort("c2", "high")
        chats.set_system("c2", "You are long.")
        second = conversation("c2", rules=ContextRules(0, False, True), effort="high", system="You are long.")
        assert (chats.conversation("c1"), chats.conversation("c2")) == (first, second)
        chats.set_rules("c1", ContextRules())
        assert chats.conversation("c1") == replace(first, rules=ContextRules())
