"""Lists of models, keys verified, balances stated, providers made."""

from __future__ import annotations

import asyncio
import json

import pytest

from nexu_desktop.adapters.dialect import Dialect
from nexu_desktop.adapters.http import ClientOptions, Timeouts
from nexu_desktop.adapters.nexu_cloud import NexuLink
from nexu_desktop.adapters.providers import PROVIDERS, make_provider
from nexu_desktop.domain.errors import (
    BadInput,
    KeyMissing,
    KeyRejected,
    NexuError,
    ProviderDown,
)
from nexu_desktop.services.ports import RemoteModel
from tests.adapters.wire import (
    LOOSE,
    MODELS,
    QUICK,
    REFUSED,
    Step,
    chat,
    full,
    head,
    serve,
)

OPTIONS = ClientOptions(QUICK, proxies={})


def listed(*answers: bytes, verify: bool = False, dialect: Dialect = LOOSE) -> tuple[object, list[bytes]]:
    """The models or the error, and the first lines of the requests."""

    async def run() -> tuple[object, list[bytes]]:
        async with serve(*([answer] for answer in answers)) as server:
            provider = chat(server.url, dialect=dialect)
            try:
                found: object = await (provider.verify() if verify else provider.models())
            except NexuError as error:
                found = type(error)
            await provider.close()
            return found, [request.split(b"\r\n")[0] for request in server.requests]

    return asyncio.run(run())


def test_models() -> None:
    """Ids, owners and limits; entries without a usable id are left out."""
    entries = [
        {"id": "a/b", "owned_by": "x", "context_length": 1000, "top_provider": {"max_completion_tokens": 10}},
        {"id": "c", "context_window": 5, "context_length": None, "owned_by": 7},
        {"id": "d", "context_length": 1.5, "max_output_tokens": True},
        {"id": "a/b", "owned_by": "again"},
        {"id": ""}, {"id": 7}, {"id": "e\n"}, {"id": "f\u202e"}, {"id": "x" * 201}, {}, None, "g",
    ]  # fmt: skip
    expected = (RemoteModel("a/b", "x", 1000, 10), RemoteModel("c", "", 5), RemoteModel("d"))
    for said in ({"data": entries}, entries):
        assert expected == listed(full("200 OK", json.dumps(said).encode()))[0]


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"data":{}}', b"[" * 99_999, b'"x"', b"\xff"])
def test_models_that_are_no_list(body: bytes) -> None:
    """One sentence, whatever came."""
    assert listed(full("200 OK", body))[0] is ProviderDown


def test_a_list_that_never_ends() -> None:
    """The listing has a bound of its own."""

    async def run() -> type[NexuError] | None:
        async with serve([head("200 OK") + b"[", Step.HANG]) as server:
            provider = chat(server.url, timeouts=Timeouts(listing_s=0.2))
            try:
                await provider.models()
            except NexuError as error:
                return type(error)
            finally:
                await provider.close()
        return None

    assert asyncio.run(run()) is ProviderDown


def test_verify_asks_where_the_key_is_looked_at() -> None:
    """OpenRouter's public list proves nothing; the others' list does."""
    key_page = full("200 OK", b'{"data":{}}')
    found, asked = listed(key_page, MODELS, verify=True, dialect=PROVIDERS["openrouter"])
    assert (RemoteModel("m-1", "o"),) == found
    assert asked == [b"GET /v1/key HTTP/1.1", b"GET /v1/models HTTP/1.1"]
    assert listed(REFUSED, MODELS, verify=True, dialect=PROVIDERS["openrouter"])[0] is KeyRejected
    assert listed(MODELS, verify=True, dialect=PROVIDERS["openai"])[1] == [b"GET /v1/models HTTP/1.1"]
    assert listed(REFUSED, verify=True, dialect=PROVIDERS["deepseek"])[0] is KeyRejected


def balance(answer: bytes, *, asked: bool = True) -> tuple[object, list[bytes], list[bytes]]:
    """The stated balance or the error; requests to the cloud and to the link."""

    async def run() -> tuple[object, list[bytes], list[bytes]]:
        async with serve([answer]) as cloud, serve([MODELS]) as link:
            provider = NexuLink(link.url, cloud.url if asked else "", "nxk_test", options=OPTIONS)
            try:
                stated: object = await provider.stated_balance()
            except NexuError as error:
                stated = type(error)
            await provider.close()
            return stated, cloud.requests, link.requests

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('{"cloudBalance":{"totalBalance":395}}', 395_000_000_000),
        ('{"cloudBalance":{"totalBalance":0}}', 0),
        ('{"cloudBalance":{"totalBalance":12.35}}', 12_350_000_000),
        ('{"cloudBalance":{"totalBalance":"7"}}', 7_000_000_000),
        ('{"cloudBalance":{"totalBalance":-1}}', None),
        ('{"cloudBalance":{"totalBalance":true}}', None),
        ('{"cloudBalance":{"totalBalance":1e3}}', None),
        ('{"cloudBalance":{"totalBalance":NaN}}', None),
        ('{"cloudBalance":{"totalBalance":99999999999999}}', None),
        ('{"cloudBalance":null}', None),
        ("{}", None),
        ("[]", None),
        ("<html>", None),
    ],
)
def test_stated_balance(said: str, expected: int | None) -> None:
    """Read exactly, or unknown."""
    assert expected == balance(full("200 OK", said.encode()))[0]


def test_balance_requests() -> None:
    """Only the cloud is asked, by its path and with the key; without a cloud nobody is."""
    _, cloud, link = balance(full("404 x", b""))
    assert cloud[0].startswith(b"GET /api/v1/rewards/status HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer nxk_test\r\n" in cloud[0]
    assert link == []
    assert balance(full("200 OK", b""), asked=False) == (None, [], [])


def test_balance_failures() -> None:
    """404 states nothing; a refused key and a broken service are errors."""
    assert balance(full("404 x", b""))[0] is None
    assert balance(full("401 x", b""))[0] is KeyRejected
    assert balance(full("500 x", b""))[0] is ProviderDown


def test_make_provider() -> None:
    """Known names only; a key where one is needed; addresses and keys are checked at once."""

    def refused(name: str, url: str, key: str) -> type[NexuError] | None:
        try:
            asyncio.run(make_provider(name, url, key, OPTIONS).close())
        except NexuError as error:
            return type(error)
        return None

    names = ("openai", "openrouter", "deepseek")
    assert [refused(name, "", "sk-1") for name in names] == [None] * 3
    assert [KeyMissing] * 3 == [refused(name, "", "") for name in names]
    assert refused("custom", "http://localhost:1/v1", "") is None
    assert refused("custom", "", "sk-1") is BadInput
    assert refused("custom", "http://10.0.0.1", "sk-1") is BadInput
    assert refused("openai", "", "sk\n1") is BadInput
    assert refused("nope", "", "sk-1") is BadInput
