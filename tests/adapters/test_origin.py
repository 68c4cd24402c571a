"""Base URLs: one reading, or a refusal."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters.origin import normalise_base_url, origin_of
from nexu_desktop.domain.errors import BadInput

SAME = [
    "https://api.openai.com/v1",
    "http://localhost:8080/v1",
    "http://127.9.8.7",
    "http://[::1]:1234/v1",
    "https://192.168.1.5:8443/v1",
    "https://xn--bcher-kva.example",
]
CHANGED = {
    " HTTPS://API.DeepSeek.com:443/ \n": "https://api.deepseek.com",
    "https://api.opena\u0456.com": "https://api.xn--opena-r2e.com",
    "http://localhost:80/v1//": "http://localhost/v1",
    "http://[0:0:0:0:0:0:0:1]:80": "http://[::1]",
    "https://a.com/x/../y/": "https://a.com/y",
}


@pytest.mark.parametrize(("text", "url"), [*((url, url) for url in SAME), *CHANGED.items()])
def test_accepted(text: str, url: str) -> None:
    """The normal form is stable, and its origin is what the sender computes from it."""
    base = normalise_base_url(text)
    assert url == base.url
    assert base == normalise_base_url(url)
    assert base.origin == origin_of(httpx.URL(url + "/chat/completions"))
    assert url.startswith(base.origin)
    assert base.origin.endswith("://" + base.host_shown)


def test_loopback_is_known() -> None:
    """Loopback is what the proxy rule and the http rule go by."""
    urls = ["http://localhost", "http://127.0.0.2", "https://[::1]", "https://a.com", "https://10.0.0.1"]
    assert [normalise_base_url(url).is_loopback for url in urls] == [True, True, True, False, False]


REFUSED = """
http://api.openai.com|http://localhost.evil.test|http://192.168.1.5|http://10.0.0.1/|http://8.8.8.8
http://169.254.169.254/|https://169.254.169.254/|http://[fe80::1]|https://[fd00:ec2::254]/|http://0.0.0.0/
https://0.0.0.0|https://0.1.2.3|https://[::]|https://255.255.255.255|https://224.0.0.1|https://[ff02::1]
http://2130706433/|http://127.1/|http://0177.0.0.1|http://0x7f.0.0.1|http://0x7f000001|https://1.2.3|https://1.2.3.4.5
https://127.0.0.01|http://①②⑦.0.0.1/|https://%31.2.3.4/|http://[::ffff:127.0.0.1]|https://[::ffff:a9fe:a9fe]
https://[64:ff9b::a9fe:a9fe]|https://[2002:a9fe:a9fe::1]|http://[::1%25lo]|https://user:pw@a.com|https://a.com@evil.test
https://a.com\\@evil.test|https://a.com/v1?key=1|https://a.com/v1?|https://a.com/#x|https://a.com:0|https://a.com:99999
https://a.com:x|https://a..com|https://a.com.|https://-a.com|https://|https:///v1|https:/a.com|//a.com|a.com|ftp://a.com
javascript:alert(1)|file:///etc/passwd|https://a b.com|https://[::1
https://a\u200bb.com|https://ａ.com|https://.|https://1|https://a.0x
"""
UNCLEAR = [text for line in REFUSED.strip().split("\n") for text in line.split("|")]
UNCLEAR += ["https://a\0.com", "https://a.com/\r\nX: 1", "", " ", "https://" + "x" * 9000]


@pytest.mark.parametrize("text", UNCLEAR)
def test_refused(text: str) -> None:
    """Everything unclear or dangerous is BadInput: one sentence and a next step."""
    with pytest.raises(BadInput) as caught:
        normalise_base_url(text)
    assert caught.value.title.endswith(".")
    assert caught.value.hint.endswith(".")
    assert "\n" not in caught.value.sentence


PARTS = st.sampled_from(
    [
        *(
            [
                "http",
                "https",
                "://",
                ":",
                "/",
                "[",
                "]",
                "@",
                "?",
                "#",
                "%",
                "%zz",
                ".",
                "..",
                "127.0.0.1",
                "::1",
                "a.com",
            ]
        ),
        *("localhost", "0x", "\\", "é", "xn--", "xn--a", "٣", "99999", "-", "_", "ß"),
        *"\ud800\u202e \n\0",
    ]
)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(PARTS, max_size=12).map("".join),
        st.lists(PARTS).map(lambda p: "https://" + "".join(p)),
    )
)
def test_nothing_but_bad_input(text: str) -> None:
    """No text raises anything but BadInput, and what passes is stable and safe."""
    try:
        base = normalise_base_url(text)
    except BadInput:
        return
    assert base == normalise_base_url(base.url)
    assert base.is_secure or base.is_loopback
    assert base.url.isascii()
