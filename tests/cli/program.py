"""The program as a person runs it: in a process of its own, or quickly in this one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from nexu_desktop.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
GROUP = getattr(
    subprocess, "CREATE_NEW_PROCESS_GROUP", 0
)  # Windows: so that Ctrl+Break reaches the child alone


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Program:
    data_dir: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "nexu_desktop", *arguments, "--data-dir", str(self.data_dir)]

    def run(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Result:
        """In a process of its own, to its end."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            check=False,
            timeout=60,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str, stdin: bytes = b"") -> subprocess.Popen[bytes]:
        """In a process of its own, with its input written and closed."""
        process = subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            creationflags=GROUP,
        )
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None  # so that communicate() does not write to it again
        self.started.append(process)
        return process

    def here(self, *arguments: str, stdin: bytes = b"") -> Result:
        """In this process, which is quick; the same code but for the start."""
        out, err = io.StringIO(), io.StringIO()
        before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main([*arguments, "--data-dir", str(self.data_dir)])
        finally:
            sys.stdin = before
        return Result(code, out.getvalue(), err.getvalue())

    def balance(self, *lane: str) -> dict[str, int]:
        """Nano-credits by name, of a ledger that is sound."""
        verdict = self.here("ledger", "verify", "--json", *lane)
        assert (verdict.code, verdict.json()["violations"]) == (0, [])
        shown = self.here("ledger", "balance", "--json", *lane).json()
        return {name: shown[name]["nanocredits"] for name in ("settled", "held", "available")}

    def ledger(self, *, sandbox: bool = False) -> Path:
        return self.data_dir / ("sandbox" if sandbox else "") / "ledger.db"

    def ask_ledger(self, question: str) -> Any:
        """The first value of the first row of a query, None without a row; for `eventually`."""
        if not self.ledger().exists():
            return None
        connection = apsw.Connection(str(self.ledger()), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            return connection.execute(question).get
        except (apsw.SQLError, apsw.BusyError, apsw.CantOpenError):  # the tables are being made
            return None
        finally:
            connection.close()

    def end_all(self) -> None:
        """Whatever a test that failed has left running."""
        for process in self.started:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
