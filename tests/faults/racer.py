"""One of several processes that spend from one wallet at the same time; says what it got as JSON.

python -m tests.faults.racer FOLDER MUTANT NAME ATTEMPTS
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from nexu_desktop.domain.errors import InsufficientCredits, NexuError
from tests.contracts.ledger import a_settlement, an_attempt
from tests.faults.kill_child import open_ledger

PRICE = 10


def main(folder: str, mutant: str, name: str, attempts: str) -> None:
    ledger, instances = open_ledger(Path(folder), mutant)
    ledger.balance()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    counts = Counter(admitted=0, refused=0, errors=0)
    for number in range(int(attempts)):
        try:
            ledger.hold(an_attempt(f"{name}-{number}", PRICE))
            counts["admitted"] += 1
            if number % 2:
                ledger.settle(a_settlement(f"{name}-{number}", PRICE))
        except InsufficientCredits:
            counts["refused"] += 1
        except NexuError:
            counts["errors"] += 1
    sys.stdout.write(json.dumps(counts) + "\n")
    ledger.close()
    instances.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
