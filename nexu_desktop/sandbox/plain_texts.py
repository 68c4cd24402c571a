"""What the plain responder says, in English and Chinese; it never speaks as if it were a model."""

from __future__ import annotations

from dataclasses import dataclass

WISHES = {
    "short": ("short", "brief", "one sentence", "tl;dr", "简短", "一句话"),
    "long": ("long", "detailed", "in detail", "essay", "详细", "长文"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `row_labels` go with `Facts.rows`."""

    title: str
    openings: tuple[str, ...]
    disclosure: str
    table_head: tuple[str, str]
    row_labels: tuple[str, str, str, str, str, str]
    list_heading: str
    item: str
    section: str
    section_body: str
    code_heading: str
    code_comment: str
    closings: tuple[str, ...]
    short: str
    unseen: str


ENGLISH = Texts(
    title="About your message: “{quote}”",
    openings=(
        "Your message arrived, and this is what can be counted in it.",
        "Here is what your message looks like from the outside.",
        "The service read your message from start to end; the figures are below.",
    ),
    disclosure=(
        "**No language model wrote this.** A small program in the sandbox describes the prompt, so that "
        "sending, streaming, stopping and the receipt can be tried without an account. The tokens are "
        "counted with the vocabulary of the model you picked, and the play credits move by its real rate."
    ),
    table_head=("What", "Count"),
    row_labels=("Characters", "Words", "Sentences", "Lines", "Question marks", "Messages from you so far"),
    list_heading="What you wrote, piece by piece",
    item="“{quote}” has {length} characters.",
    section="Piece {number}",
    section_body=(
        "This piece begins with “{quote}”. It is {length} characters long and has {words} parts between "
        "spaces. A real model would answer it here; the sandbox only shows how a longer answer looks while it "
        "streams, how far the estimate was from the final cost, and what a long reply does to the balance."
    ),
    code_heading="The same count as a program",
    code_comment="counts the start of your message",
    closings=(
        "Sign in, or add a key of your own, to get answers from a real model.",
        "Ask for a short or a long answer to see how the cost changes.",
        "Send the same text again: the answer will be the same, and so will its length.",
    ),
    short=(
        "Your message “{quote}” has {words} words. No language model wrote this: a small program in the "
        "sandbox describes the prompt."
    ),
    unseen="*Images are not looked at in the sandbox; {count} came with this message.*",
)

CHINESE = Texts(
    title="关于你的消息：“{quote}”",
    openings=(
        "你的消息已经收到，下面是可以数出来的内容。",
        "从外面看，你的消息是这样的。",
        "服务从头到尾读了你的消息，数字如下。",
    ),
    disclosure=(
        "**这不是语言模型写的。**沙盒里的一个小程序在描述你的提示，这样不用账号也能试用发送、流式显示、停止和收据。"
        "词元按你选择的模型的词表计算，试用积分按它的真实费率扣除。"
    ),
    table_head=("项目", "数量"),
    row_labels=("字符", "字词", "句子", "行", "问号", "你到目前为止的消息"),
    list_heading="逐句来看",
    item="“{quote}”有 {length} 个字符。",
    section="第 {number} 句",
    section_body=(
        "这一句以“{quote}”开头，长 {length} 个字符，按空格分成 {words} 段。真正的模型会在这里作答；"
        "沙盒只展示较长的回答在流式显示时的样子、预估与最终费用的差别，以及长回答对余额的影响。"
    ),
    code_heading="用程序来数",
    code_comment="数一数消息的开头",
    closings=(
        "登录或添加你自己的密钥，就能得到真正模型的回答。",
        "可以要求简短或详细的回答，看看费用怎样变化。",
        "再发送一次同样的内容：回答会一样，长度也一样。",
    ),
    short="你的消息“{quote}”有 {words} 个字词。这不是语言模型写的：沙盒里的一个小程序在描述你的提示。",
    unseen="*沙盒不看图片；这条消息带了 {count} 张。*",
)
