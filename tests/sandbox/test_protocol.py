"""What the service says to a client that does everything right, and to one that does not."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from nexu_desktop.sandbox.handler import BODY_BYTES_MAX
from nexu_desktop.sandbox.responder import OutOfRoom, ResponderGone
from nexu_desktop.sandbox.server import SandboxServer
from tests.sandbox.doubles import MODEL, Client, Forever, FourBytes, Script, card, chat_body, serving

PIECES = ("Hello", " there", ",\n世界", "! 👍🏽")


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with serving(Script(*PIECES)) as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Client:
    return Client(server.address)


def test_models_are_those_of_the_card(client: Client) -> None:
    """Every model of the rate card is listed, in its order."""
    assert [model.id for model in card().models] == [
        entry["id"] for entry in client.send("GET", "/v1/models").json()["data"]
    ]


def test_stream_ends_with_reason_usage_and_done(client: Client) -> None:
    """Text, then the finish reason, then usage in a chunk of its own, then [DONE]."""
    reply = client.chat("Hi")
    assert "".join(PIECES) == reply.text
    assert reply.finish == ["stop"]
    assert (reply.chunks[-1]["choices"], reply.events[-1]) == ([], "[DONE]")
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert {MODEL} == {chunk["model"] for chunk in reply.chunks}


def test_usage_is_the_count_of_what_was_streamed(client: Client) -> None:
    """Prompt texts plus template, and the whole streamed text counted as one."""
    reply = client.chat("Hi you")
    counter = FourBytes()
    prompt = counter.count(MODEL, "Hi you") + counter.overhead(MODEL, ["user"])
    answer = counter.count(MODEL, reply.text)
    [usage] = reply.usages
    assert (prompt, answer, prompt + answer) == (
        usage["prompt_tokens"],
        usage["completion_tokens"],
        usage["total_tokens"],
    )


def test_usage_only_when_asked_for(client: Client) -> None:
    """Without stream_options no chunk speaks of usage."""
    reply = client.chat(stream_options=None)
    assert [chunk for chunk in reply.chunks if "usage" in chunk] == []
    assert "".join(PIECES) == reply.text


def test_without_streaming_one_json_body(client: Client) -> None:
    """The same answer and usage as one object."""
    body = client.chat("Hi", stream=False).json()
    assert {"role": "assistant", "content": "".join(PIECES)} == body["choices"][0]["message"]
    assert body["choices"][0]["finish_reason"] == "stop"
    assert client.chat("Hi").usages == [body["usage"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_the_limit_holds_exactly(limit: int, field: str) -> None:
    """Never more tokens than asked for, as many as fit, and 'length' says that more was there."""
    whole = "".join(f"word{number} " for number in range(60))  # 120 tokens and some
    with serving(Script(*whole.split(" "), whole)) as server:
        reply = Client(server.address).chat(**{field: limit})
    assert limit == reply.usages[0]["completion_tokens"] == FourBytes().count(MODEL, reply.text)
    assert len(reply.text) == 4 * limit  # ASCII: not a byte is given away
    assert reply.finish == ["length"]


def test_a_responder_out_of_room_ends_with_length() -> None:
    """A limit of the responder's own is not told as a natural end."""
    with serving(Script("a", end=OutOfRoom())) as server:
        reply = Client(server.address).chat()
    assert (reply.text, reply.finish) == ("a", ["length"])


def test_a_responder_that_breaks_gives_an_error_event() -> None:
    """The text so far stands, then the error comes as data, and no [DONE]."""
    with serving(Script("a", end=ResponderGone("it broke"))) as server:
        reply = Client(server.address).chat()
    assert reply.chunks[-1]["error"]["code"] == "upstream_error"
    assert "[DONE]" not in reply.events


def test_conversation_reaches_the_responder() -> None:
    """Roles and texts in order; parts of a message are joined."""
    script = Script("ok")
    parts = [{"type": "text", "text": "two "}, {"type": "image_url"}, {"type": "text", "text": "parts"}]
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": parts}]
    with serving(script) as server:
        Client(server.address).chat(messages=messages)
    assert script.asked == [(("system", "Be kind."), ("user", "two parts"))]


def test_request_id_is_echoed(client: Client) -> None:
    """A later statement can be matched to the attempt."""
    assert client.chat(headers={"X-Request-Id": "attempt-1"}).headers["x-request-id"] == "attempt-1"


def test_one_connection_serves_many_requests(client: Client) -> None:
    """Answers and refusals leave the connection usable."""
    connection = client.open()
    statuses = []
    for body in (chat_body(), b"{", chat_body(stream=False), chat_body(model="none"), chat_body()):
        connection.request("POST", "/v1/chat/completions", body, client.key())
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    assert statuses == [200, 400, 200, 404, 200]


def test_account_states_a_hundred_play_credits(client: Client) -> None:
    """Balance and records agree, and amounts are whole numbers."""
    balance = client.send("GET", "/api/v1/rewards/status").json()["cloudBalance"]
    records = client.send("GET", "/api/v1/credits/records").json()
    assert (balance["totalBalance"], balance["totalRecharged"], balance["totalConsumed"]) == (100, 100, 0)
    assert [grant["balance"] for grant in records["grants"]] == [100]
    assert records["usageSummary"]["totalCostUsd"] == "0"


def test_health_needs_no_token_and_names_the_responder(client: Client) -> None:
    """Who answers is never a secret."""
    health = client.send("GET", "/healthz", headers={}).json()
    assert (health["status"], health["answers_from"], health["model"]) == ("ok", "plain responder", "none")


PRIVATE = [
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/api/v1/rewards/status"),
    ("GET", "/api/v1/credits/records"),
    ("POST", "/sandbox/faults"),
    ("GET", "/nothing"),
]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_everything_else_needs_the_token(client: Client, method: str, path: str) -> None:
    """No key and a wrong key are told apart, on every path."""
    body = b"{}" if method == "POST" else None
    wrong = {"Authorization": "Bearer " + client.address.token[:-1] + "?"}
    basic = {"Authorization": "Basic " + client.address.token}
    answers = [client.send(method, path, body, headers) for headers in ({}, wrong, basic)]
    expected = [(401, "missing_api_key"), (401, "invalid_api_key"), (401, "missing_api_key")]
    assert expected == [(answer.status, answer.code) for answer in answers]


def test_tokens_are_random_and_look_like_a_key(client: Client, server: SandboxServer) -> None:
    """Two services never share one."""
    with serving(Script()) as other:
        assert other.address.token != client.address.token
        assert other.address.token.startswith("nxk_")
        assert server.address.url != other.address.url


def test_bound_to_loopback_only(server: SandboxServer) -> None:
    """The listening socket has the loopback address, and the address told is that one."""
    host, port = server._http.socket.getsockname()
    assert ("127.0.0.1", f"http://127.0.0.1:{port}") == (host, server.address.url)


BAD_BODIES = [
    (b"{", 400, "invalid_json"),
    (b"[]", 400, "invalid_json"),
    (b"[" * 100_000, 400, "invalid_json"),
    (b"\xff", 400, "invalid_json"),
    (b"", 400, "invalid_json"),
    (chat_body(model=""), 400, "invalid_model"),
    (chat_body(model=None), 400, "invalid_model"),
    (chat_body(model=7), 400, "invalid_model"),
    (chat_body(model="gpt-99"), 404, "model_not_found"),
    (chat_body(messages=[]), 400, "invalid_request"),
    (chat_body(messages=None), 400, "invalid_request"),
    (chat_body(messages=["hi"]), 400, "invalid_request"),
    (chat_body(messages=[{"role": "king", "content": "hi"}]), 400, "invalid_request"),
    (chat_body(messages=[{"role": "user"}]), 400, "invalid_request"),
    (chat_body(max_tokens=0), 400, "invalid_request"),
    (chat_body(max_tokens="9"), 400, "invalid_request"),
    (chat_body(max_tokens=True), 400, "invalid_request"),
    (chat_body("x" * 800_000), 400, "invalid_request"),  # beyond the context of the model
    (b" " * (BODY_BYTES_MAX + 1), 413, "request_too_large"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD_BODIES)
def test_bad_requests_have_their_code(client: Client, body: bytes, status: int, code: str) -> None:
    """Status, code in the body, and the code in the message for clients that keep only that."""
    reply = client.send("POST", "/v1/chat/completions", body)
    assert (status, code) == (reply.status, reply.code)
    assert reply.json()["error"]["message"].startswith(f"[code={code}] ")


def test_a_lone_surrogate_is_answered(client: Client) -> None:
    """Text that is not valid Unicode is no reason to fail."""
    body = chat_body().replace(b"Hello", b"\\ud800")
    assert client.send("POST", "/v1/chat/completions", body).status == 200


def test_a_body_without_length_is_refused(client: Client) -> None:
    """Nothing is guessed about where a request ends."""
    connection = client.open()
    connection.putrequest("POST", "/v1/chat/completions")
    connection.putheader("Authorization", client.key()["Authorization"])
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["error"]["code"]) == (400, "invalid_request")
    connection.close()


def test_unknown_paths_are_not_found(client: Client) -> None:
    """The cloud's way of saying so: a message."""
    reply = client.send("GET", "/v1/chat/completions")
    assert (reply.status, list(reply.json())) == (404, ["message"])


def test_a_fault_of_our_own_is_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    """An exception nobody foresaw becomes a 500 with its code, and is logged with its traceback."""
    with serving(Script(end=ZeroDivisionError("boom"))) as server:
        reply = Client(server.address).chat(stream=False)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "boom" in caplog.text


@pytest.mark.parametrize("piece", ["word ", ""], ids=["speaking", "silent"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_generation(piece: str, stream: bool) -> None:
    """Closing the connection closes the responder, also while it has nothing to say yet."""
    forever = Forever(piece)
    with serving(forever) as server:
        client = Client(server.address)
        connection = client.open()
        body = chat_body(stream=stream, max_tokens=60_000)
        connection.request("POST", "/v1/chat/completions", body, client.key())
        assert forever.begun.wait(10)
        assert connection.sock is not None
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        assert forever.closed.wait(10)


def test_stopping_the_server_ends_open_answers() -> None:
    """No answer outlives its service."""
    forever = Forever("")
    server = serving(forever).start()
    client = Client(server.address)
    connection = client.open()
    connection.request("POST", "/v1/chat/completions", chat_body(), client.key())
    assert forever.begun.wait(10)
    server.stop()
    assert forever.closed.wait(10)
    connection.close()
