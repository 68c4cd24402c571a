"""Every fault switch does what it says, to as many requests as it says, and to nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.refusals import STATUS
from nexu_desktop.sandbox.server import SandboxServer
from tests.sandbox.doubles import Client, Forever, Script, chat_body, serving

PIECES = tuple(f"piece{number} " for number in range(10))
WHOLE = "".join(PIECES)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with serving(Script(*PIECES)) as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Client:
    return Client(server.address)


@pytest.mark.parametrize("code", STATUS)
def test_each_of_the_thirteen_codes(client: Client, code: str) -> None:
    """Its status and its body, then the service is healthy again."""
    client.plan(code=code)
    reply = client.chat()
    assert (STATUS[code], code) == (reply.status, reply.code)
    assert code == reply.json()["error"]["type"]
    assert reply.json()["error"]["message"].startswith(f"[code={code}] ")
    assert client.chat().text == WHOLE


def test_there_are_thirteen_codes() -> None:
    """The complete list of the gateway."""
    assert len(STATUS) == 13


@pytest.mark.parametrize("retry_after", ["", "7", "Wed, 21 Oct 2037 07:28:00 GMT"])
def test_429_with_and_without_retry_after(client: Client, retry_after: str) -> None:
    """The header is there only if planned."""
    client.plan(code="usage_limit_exceeded", retry_after=retry_after)
    reply = client.chat()
    assert (429, retry_after) == (reply.status, reply.headers.get("retry-after", ""))


@pytest.mark.parametrize("status", [401, 402, 429, 500, 503])
def test_bare_statuses(client: Client, status: int) -> None:
    """A status with a JSON body that has none of the 13 codes."""
    client.plan(status=status)
    reply = client.chat()
    assert (status, status) == (reply.status, reply.json()["error"]["code"])


def test_500_with_html(client: Client) -> None:
    """What a proxy in front of a service says when the service is gone."""
    client.plan(status=500, html=True)
    reply = client.chat()
    assert (reply.status, reply.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert reply.body.startswith(b"<!doctype html>")


@pytest.mark.parametrize("byte", [0, 1, 100, 700, 1500])
def test_cut_at_a_byte(client: Client, byte: int) -> None:
    """Exactly so many bytes of the body, then the connection breaks."""
    healthy = client.chat()
    client.plan(cut_at_byte=byte)
    reply = client.chat()
    assert (True, byte) == (reply.broken, len(reply.body))
    assert not healthy.broken


def test_a_clean_cut_looks_whole_to_http(client: Client) -> None:
    """The body ends as HTTP wants it, without finish reason, usage or [DONE]."""
    client.plan(cut_at_byte=1200, clean_cut=True)
    reply = client.chat()
    assert (reply.broken, len(reply.body)) == (False, 1200)
    assert b"[DONE]" not in reply.body
    assert b'"finish_reason": "' not in reply.body


def test_no_usage(client: Client) -> None:
    """The answer is whole, but nothing is said about tokens."""
    client.plan(usage="none")
    reply = client.chat()
    assert (reply.text, reply.finish, reply.usages) == (WHOLE, ["stop"], [])
    client.plan(usage="none")
    assert "usage" not in client.chat(stream=False).json()


def test_double_usage(client: Client) -> None:
    """The same report twice."""
    client.plan(usage="double")
    first, second = client.chat().usages
    assert first == second


def test_usage_on_the_last_chunk(client: Client) -> None:
    """On the chunk with the finish reason, unasked, and in no chunk of its own."""
    client.plan(usage="last_chunk")
    reply = client.chat(stream_options=None)
    last = reply.chunks[-1]
    assert ("stop", reply.usages) == (last["choices"][0]["finish_reason"], [last["usage"]])


def test_malformed_chunk(client: Client) -> None:
    """After so many text chunks comes half a chunk, and then the rest as if nothing had happened."""
    client.plan(malformed_after=3)
    events = client.chat().events
    broken = [number for number, event in enumerate(events) if not _is_json(event) and event != "[DONE]"]
    assert broken == [4]  # the role, three texts, then this
    assert events[-1] == "[DONE]"


def test_error_in_mid_stream(client: Client) -> None:
    """After so many text chunks an error event, and nothing after it."""
    client.plan(error_after=2, error_code="insufficient_credits")
    reply = client.chat()
    assert reply.chunks[-1]["error"]["code"] == "insufficient_credits"
    assert (reply.text, reply.finish, reply.broken) == ("piece0 piece1 ", [], False)
    assert "[DONE]" not in reply.events


def test_endless_stream_runs_until_the_client_leaves() -> None:
    """Past any limit; leaving ends it."""
    script = Script("a")
    with serving(script) as server:
        client = Client(server.address)
        client.plan(endless=True)
        connection = client.open()
        connection.request("POST", "/v1/chat/completions", chat_body(max_tokens=1), client.key())
        response = connection.getresponse()
        got = [response.readline() for _ in range(1000)]
        connection.close()
        assert sum(line.startswith(b"data: ") for line in got) == 500
        assert client.chat().text == "a"  # and the service lives on


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        (Faults(delay_first_ms=300), [300]),
        (Faults(delay_chunk_ms=30), [30] * 10),
        (Faults(), []),
    ],
)
def test_delays(
    server: SandboxServer, monkeypatch: pytest.MonkeyPatch, faults: Faults, waits: list[int]
) -> None:
    """The waits are those planned, each where it belongs; none is really waited for here."""
    seen: list[int] = []
    monkeypatch.setattr("nexu_desktop.sandbox.wire.Wire.wait", lambda _, ms: seen.append(ms))
    server.faults.set(faults)
    Client(server.address).chat()
    assert waits == [ms for ms in seen if ms]


@pytest.mark.parametrize("planned", [True, False])
def test_rate_keeps_a_timetable(monkeypatch: pytest.MonkeyPatch, planned: bool) -> None:
    """At 10 chunks a second and a clock that stands still, chunk n is due at n times 100 ms."""
    seen: list[int] = []
    monkeypatch.setattr("nexu_desktop.sandbox.wire.Wire.wait", lambda _, ms: seen.append(ms))
    monkeypatch.setattr("nexu_desktop.sandbox.wire.time.monotonic", lambda: 1)
    with serving(Script(*PIECES), chunks_per_s=0 if planned else 10) as server:
        server.faults.set(Faults(chunks_per_s=10 if planned else 0))
        Client(server.address).chat()
    assert [100 * number for number in range(1, 11)] == [ms for ms in seen if ms]


def test_a_client_that_leaves_during_a_delay_is_noticed() -> None:
    """A long delay ends with the connection."""
    forever = Forever("word ")
    with serving(forever) as server:
        server.faults.set(Faults(delay_chunk_ms=60_000))
        client = Client(server.address)
        connection = client.open()
        connection.request("POST", "/v1/chat/completions", chat_body(), client.key())
        assert forever.begun.wait(10)
        connection.close()
        assert forever.closed.wait(10)


def test_faults_last_for_the_requests_planned(client: Client) -> None:
    """Two of three; zero clears the plan."""
    client.plan(code="upstream_error", requests=2)
    assert [client.chat().status for _ in range(3)] == [502, 502, 200]
    client.plan(code="upstream_error", requests=9)
    client.plan(requests=0)
    assert client.chat().status == 200


def test_faults_hit_only_their_place(client: Client) -> None:
    """A plan for models waits for a request for models."""
    client.plan(on="models", status=500)
    assert (
        client.chat().status,
        client.send("GET", "/v1/models").status,
        client.send("GET", "/v1/models").status,
    ) == (200, 500, 200)
    client.plan(on="account", code="forbidden_api_key", requests=2)
    for path in ("/api/v1/rewards/status", "/api/v1/credits/records"):
        assert client.send("GET", path).status == 403
    client.plan(on="any", status=503, requests=2)
    assert (client.send("GET", "/v1/models").status, client.chat().status) == (503, 503)


def test_a_header_is_for_its_own_request(client: Client) -> None:
    """It needs no plan and leaves none."""
    header = {"X-Sandbox-Fault": json.dumps({"code": "forbidden_api_key"})}
    assert (client.chat(headers=header).status, client.chat().status) == (403, 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"speed": 1}',
        b'{"html": 1}',
        b'{"cut_at_byte": true}',
        b'{"code": "no_such"}',
        b'{"usage": "triple"}',
        b'{"on": "moon"}',
        b'{"requests": -1}',
    ],
)
def test_faults_not_understood_are_refused(client: Client, body: bytes) -> None:
    """A misspelt fault never passes for a healthy service."""
    assert client.send("POST", "/sandbox/faults", body).status == 400


def test_two_requests_take_two_faults(server: SandboxServer) -> None:
    """Requests at the same time never share one planned fault."""
    server.faults.set(Faults(code="upstream_error"), requests=4)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(Client(server.address).chat().status))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 4 + [502] * 4


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
