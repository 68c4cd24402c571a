"""The plain responder: the same prompt, the same markdown; and never a claim to be a model."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from nexu_desktop.sandbox.responder import PlainResponder, read, write_about

PROMPTS = ["How do credits work?", "你好，积分怎么算？", "", "|`*_ <b>\n```\n# x", "a" * 5000, "👍🏽 " * 50]


def answer(*prompts: str) -> str:
    return "".join(PlainResponder().respond([("user", prompt) for prompt in prompts], 8192))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_deterministic_and_whole(prompt: str) -> None:
    """Two runs agree, and the pieces join to what was written."""
    assert write_about([("user", prompt)]) == answer(prompt) == answer(prompt)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_has_all_that_markdown_offers(prompt: str) -> None:
    """Heading, paragraph, table and code block, whatever the prompt contains."""
    parser = MarkdownIt("commonmark").enable("table")
    kinds = [token.type for token in parser.parse(answer(prompt))]
    assert {"heading_open", "paragraph_open", "table_open", "fence"} <= set(kinds)
    assert (kinds.count("fence"), kinds.count("tr_open") - 1) == (1, 6)


@pytest.mark.parametrize("prompt", [*PROMPTS, "short", "简短 一点", "long"])
def test_says_that_it_is_no_model(prompt: str) -> None:
    """In the language of the prompt, in every length."""
    text = answer(prompt)
    assert "No language model wrote this" in text or "这不是语言模型写的" in text


def test_answers_in_the_language_of_the_prompt() -> None:
    """Chinese for Chinese, else English."""
    assert ("数量" in answer("你好"), "Count" in answer("hello")) == (True, True)


def test_counts_are_right() -> None:
    """Characters, words, sentences, lines, question marks, messages so far."""
    turns = [("user", "first"), ("assistant", "yes"), ("user", "Is it so?\nYes. 好的!")]
    assert read(turns).rows == (18, 6, 3, 2, 1, 2)


def test_short_and_long_are_honoured() -> None:
    """Short is a line, long is much more than usual, usual is several hundred tokens' worth."""
    about = "Tell me about rates. And about credits. And limits."
    short, usual, long = (len(answer(word + about)) for word in ("Be short. ", "", "Write a long text. "))
    assert short * 4 < usual < long
    assert usual > 900


def test_different_prompts_differ() -> None:
    """Also where only the chance differs."""
    openings = {answer(f"prompt {number}").split("\n\n")[1] for number in range(20)}
    assert len(openings) == 3


def test_five_megabytes_are_described_too() -> None:
    """A huge paste has an answer of ordinary size."""
    assert len(answer("word and 字 " * 500_000)) < 5_000
