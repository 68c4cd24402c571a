"""A stand-in for the model process: same start, same end, same protocol, scripted words.

The prompt's last word decides: 'die' ends the process in mid-answer, 'wait' never answers, 'long' overflows
until the prompt is under 1,000 bytes, 'loop' ends at the length limit.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    key = ""

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {self.key}":
            self.send_error(401)
            return
        text = asked["messages"][-1]["content"]
        size = sum(len(message["content"]) for message in asked["messages"])
        if text.endswith("wait"):
            threading.Event().wait()
        if text.endswith("long") and size > 1000:
            self.send_response(400)
            self.end_headers()
            self.wfile.write(b'{"error":{"type":"exceed_context_size_error"}}')
            return
        self.send_response(200)
        self.end_headers()
        self.say({"delta": {"role": "assistant", "content": None}})
        words = [
            f"{len(asked['messages'])} messages, ",
            f"{asked['max_tokens']} tokens, {asked['temperature']}",
        ]
        for word in words:
            self.say({"delta": {"content": word}})
            if text.endswith("die"):
                os._exit(9)
        self.say({"delta": {}, "finish_reason": "length" if text.endswith("loop") else "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, choice: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        self.wfile.flush()


def main() -> None:
    Handler.key = sys.stdin.buffer.readline().decode().strip()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
