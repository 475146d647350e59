"""Phones that write a test: each fetches its key, saves on a beat, repeats what was not acknowledged, and hands in.

What a device keeps of each question is what the server acknowledged, so that it can be compared with the database.
"""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

TOKEN = "a" * 32
ANSWERS = 5
PATIENCE_S = 60
BUSY = 503


@dataclass
class Told:
    """What became of all requests of one kind."""

    waits_ms: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    last_at: float = 0

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.waits_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass
class Hall:
    """Where the devices are and how they behave; `ends_at` is when saving is over and handing in begins."""

    port: int
    cookies: tuple[str, str]
    questions: list[str]
    start_s: float
    every_s: float
    save_s: float
    finish_s: float
    told: dict[str, Told] = field(default_factory=lambda: {name: Told() for name in ("start", "save", "finish")})
    repeats: Counter = field(default_factory=Counter)


class Device:
    """One student's phone, which keeps its connection open."""

    def __init__(self, hall: Hall, writer: dict[str, Any], began: float) -> None:
        self.hall, self.writer, self.began = hall, writer, began
        self.epoch, self.seq = 1, 0
        self.pending: dict[str, int] = {}
        self.acknowledged: dict[str, int] = {}
        self.is_handed_in = False
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def live(self) -> None:
        hall = self.hall
        await self._until(random.uniform(0, hall.start_s))
        self.epoch = int((await self._insist("start", lambda: b"{}"))["epoch"])
        beat = random.uniform(0, hall.every_s)
        while hall.start_s + beat < hall.start_s + hall.save_s:
            await self._until(hall.start_s + beat)
            self._answer()
            self._acknowledge(await self._insist("save", self._batch))
            beat += hall.every_s
        self._hang_up()  # the server would, before the hand-in
        await self._until(hall.start_s + hall.save_s + random.uniform(0, hall.finish_s))
        self._answer()
        sent = dict(self.pending)
        self.is_handed_in = (await self._insist("finish", self._batch))["state"] == "SUBMITTED"
        self.acknowledged |= sent
        self._hang_up()

    def _hang_up(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    def _answer(self) -> None:
        for question in random.sample(self.hall.questions, ANSWERS):
            self.seq += 1
            self.pending[question] = self.seq

    def _batch(self) -> bytes:
        rows = [
            {"question": question, "seq": seq, "answer": answer_of(seq), "marked": False}
            for question, seq in self.pending.items()
        ]
        return json.dumps({"epoch": self.epoch, "responses": rows}).encode()

    def _acknowledge(self, told: dict[str, Any]) -> None:
        for one in told["saved"]:
            self.acknowledged[one["question"]] = one["seq"]
            if self.pending.get(one["question"]) == one["seq"]:
                del self.pending[one["question"]]

    async def _until(self, since_s: float) -> None:
        await asyncio.sleep(max(0.0, self.began + since_s - time.monotonic()))

    async def _insist(self, kind: str, body: Any) -> dict[str, Any]:
        """Repeat until it is taken, as long after a busy server's answer as that says."""
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    status, after_s, answer = await self._ask(self.writer[kind], body())
            except (OSError, EOFError, TimeoutError):
                self.hall.repeats[kind] += 1
                self._hang_up()
                await asyncio.sleep(random.uniform(0.2, 1))
                continue
            self.hall.told[kind].waits_ms.append((time.monotonic() - began) * 1000)
            self.hall.told[kind].statuses[status] += 1
            self.hall.told[kind].last_at = time.monotonic()
            if status == 200:
                return dict(json.loads(answer))
            if status != BUSY or not after_s:
                raise AssertionError(f"{kind}: {status} {answer[:300]!r}")
            await asyncio.sleep(after_s * random.uniform(1, 2))

    async def _ask(self, path: str, body: bytes) -> tuple[int, float, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.hall.port)
        reader, writer = self._streams
        session, csrf = self.hall.cookies
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-CSRFToken: {TOKEN}\r\n"
            f"Cookie: {session}={self.writer['session']}; {csrf}={TOKEN}\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        answer = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self._hang_up()
        return int(head.split(" ", 2)[1]), float(fields.get("retry-after", "0")), answer


def answer_of(seq: int) -> str:
    """By the counter alone, so that whoever checks knows which answer belongs to it."""
    return "abcd"[seq % 4]


async def write(hall: Hall, writers: list[dict[str, Any]], *, meanwhile: Any = None) -> list[Device]:
    """All devices from the first key to the last hand-in; `meanwhile(began)` runs beside them."""
    began = time.monotonic()
    devices = [Device(hall, one, began) for one in writers]
    async with asyncio.TaskGroup() as group:
        for device in devices:
            group.create_task(device.live())
        if meanwhile:
            group.create_task(meanwhile(began))
    return devices
