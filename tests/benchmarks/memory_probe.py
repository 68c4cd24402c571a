"""Started by bench_memory: prints MB before and after the estimate is ready, and ms to open the conversation."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from tests.benchmarks.house import open_house
from tests.benchmarks.texts import message


def main() -> None:
    directory, messages, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if step == "write":
        rng = random.Random(7)
        texts = tuple(message(rng, rng.randint(100, 2_000)) for _ in range(messages))
        with open_house(directory, messages=texts):
            return
    with open_house(directory, price=False) as house:
        before = resident()
        began = time.perf_counter()
        house.presenter.open(house.presenter.cid)
        house.application.processEvents()
        opened = (time.perf_counter() - began) * 1000
        house.presenter.pricing.begin()
        house.until(lambda: house.core.desk.estimate(house.presenter.cid, "") is not None)
        print(before, resident(), round(opened))


def resident() -> int:
    """Megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 // 1_000_000


if __name__ == "__main__":
    main()
