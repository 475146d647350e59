"""A process of many slow readers: `python -m tests.proof.slow_readers PORT PATH COUNT BYTES_PER_S SIZE`.

Half of them read from the start, the others from places of their own. Prints "reading" when each has its first bytes;
a line on standard input ends it, and then it tells in JSON how quick the slowest was.
"""

import asyncio
import json
import os
import socket
import sys
import time

TICK_S = 0.2


class Reader:
    """One connection that takes `bytes_per_s` and no more. `got` counts body bytes."""

    def __init__(self, port: int, path: str, start: int, bytes_per_s: int) -> None:
        self.port, self.path, self.start, self.bytes_per_s = port, path, start, bytes_per_s
        self.got, self.began = 0, 0.0
        self.has_ended = False

    async def read(self) -> None:
        here = socket.socket()
        here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # a phone's, not this machine's megabytes
        here.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(here, ("127.0.0.1", self.port))
            lines = [f"GET {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Range: bytes={self.start}-",
                     f"Cookie: {os.environ['READER_COOKIE']}", "", ""]  # fmt: skip
            await loop.sock_sendall(here, "\r\n".join(lines).encode())
            first = await loop.sock_recv(here, 4096)
            assert b" 206 " in first.partition(b"\r\n")[0], first
            self.began = time.monotonic()
            await self._keep_pace(loop, here)
        finally:
            here.close()

    async def _keep_pace(self, loop: asyncio.AbstractEventLoop, here: socket.socket) -> None:
        while True:
            due = int((time.monotonic() - self.began) * self.bytes_per_s) - self.got
            while due > 0:
                block = await loop.sock_recv(here, min(due, 64 * 1024))
                if not block:
                    self.has_ended = True
                    return
                self.got += len(block)
                due -= len(block)
            await asyncio.sleep(TICK_S)


async def main(port: int, path: str, count: int, bytes_per_s: int, size: int) -> None:
    starts = [0 if number % 2 else number * size // count for number in range(count)]
    readers = [Reader(port, path, start, bytes_per_s) for start in starts]
    tasks = [asyncio.create_task(reader.read()) for reader in readers]
    while not all(reader.got > bytes_per_s for reader in readers):
        await asyncio.sleep(TICK_S)
        for task in tasks:
            if task.done():
                task.result()
    print("reading", flush=True)  # noqa: T201
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    now = time.monotonic()
    paces = [reader.got / (now - reader.began) for reader in readers]
    ended = sum(reader.has_ended for reader in readers)
    print(json.dumps({"slowest_bytes_per_s": min(paces), "ended": ended}), flush=True)  # noqa: T201
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], *(int(word) for word in sys.argv[3:])))
