"""Files that wait to be read, one after another: twenty large ones at once would need much memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nexu_desktop.domain.chat import Attachment
from nexu_desktop.domain.errors import NexuError

Read = tuple[Attachment, bytes]


@dataclass(frozen=True, slots=True)
class Job:
    """One file for the draft of one conversation; `read` may raise NexuError."""

    cid: str
    name: str
    read: Callable[[], Read]


@dataclass(slots=True)
class Batch:
    """What was handed in for one conversation and is not all there yet."""

    total: int = 0
    done: int = 0
    job: Job | None = None  # the one being read
    troubles: list[NexuError] = field(default_factory=list)


class ReadingQueue:
    """Keeps the order and the count; it reads nothing itself."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._batches: dict[str, Batch] = {}
        self.current: Job | None = None

    def add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._batches.setdefault(job.cid, Batch()).total += 1
        self._jobs.extend(jobs)

    def next(self) -> Job | None:
        """The one to read now; None while one is being read, or where nothing waits."""
        if self.current is not None or not self._jobs:
            return None
        self.current = self._jobs.popleft()
        self._batches[self.current.cid].job = self.current
        return self.current

    def end(self, job: Job) -> bool:
        """It was read, or refused. False for one that nobody waits for any more."""
        self.current = None
        batch = self._batches.get(job.cid)
        if batch is None or batch.job is not job:
            return False
        batch.job = None
        batch.done += 1
        return True

    def tell(self, cid: str, trouble: NexuError) -> None:
        """Why a file of this conversation was refused; told when all of them are done."""
        if cid in self._batches:
            self._batches[cid].troubles.append(trouble)

    def troubles(self, cid: str) -> tuple[NexuError, ...] | None:
        """Those of a batch that is all done, once; None while something of it waits."""
        batch = self._batches.get(cid)
        if batch is None or batch.done < batch.total:
            return None
        del self._batches[cid]
        return tuple(batch.troubles)

    def stop(self, cid: str) -> None:
        """What is still to be read for this conversation is left."""
        self._jobs = deque(job for job in self._jobs if job.cid != cid)
        self._batches.pop(cid, None)

    def words(self, cid: str) -> str:
        """'Reading report.pdf (2 of 5)…'; empty where nothing is read."""
        batch = self._batches.get(cid)
        if batch is None:
            return ""
        job = batch.job or next((one for one in self._jobs if one.cid == cid), None)
        name = job.name if job else ""
        return (
            f"Reading {name} ({batch.done + 1} of {batch.total})…" if batch.total > 1 else f"Reading {name}…"
        )
