"""What sixty phones on a bad line cost everybody else: an upload and pages with and without them.

`python -m benchmarks.drips [--json]`. Each phone sends a thousand bytes a second of an upload of its own. Rounds with
and without them take turns on one server; the figures are medians of the rounds and of their ratios.
"""

import argparse
import base64
import http.client
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import measure
from benchmarks.pages import SERVERS, _seed, _valkey, environment_in

PHONES = 60
MIB = 2**20
SENT_MIB = 20
PIECE = bytes(4 * MIB)
TOKEN = "b" * 32


class Sender:
    """A signed-in person who speaks tus to the server."""

    def __init__(self, server: measure.Server, cookie: str) -> None:
        self.server = server
        self.headers = {
            "Host": "localhost",
            "Cookie": f"{cookie}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Tus-Resumable": "1.0.0",
        }

    def create(self, length: int) -> str:
        about = "filename " + base64.b64encode(b"drip.bin").decode()
        answer = self._ask("POST", "/dfs/uploads/", {"Upload-Length": str(length), "Upload-Metadata": about})
        assert answer.status == 201, answer.status
        return str(answer.headers["Location"])

    def upload_s(self) -> float:
        """Seconds to send SENT_MIB, piece after piece."""
        began, url = time.perf_counter(), self.create(SENT_MIB * MIB)
        for offset in range(0, SENT_MIB * MIB, len(PIECE)):
            answer = self._ask("PATCH", url, self._patch(offset), PIECE)
            assert answer.status == 204, answer.status
        return time.perf_counter() - began

    def phone(self, upload: str) -> socket.socket:
        """A connection on which an upload goes on and nothing of it was sent."""
        own = self.headers | self._patch(0) | {"Content-Length": str(MIB)}
        lines = [f"PATCH {upload} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items()), "", ""]
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        connection.sendall("\r\n".join(lines).encode())
        return connection

    def cancel(self, upload: str) -> None:
        self._ask("DELETE", upload, {})

    @staticmethod
    def _patch(offset: int) -> dict[str, str]:
        return {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}

    def _ask(self, method: str, path: str, more: dict[str, str], body: bytes = b"") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            connection.request(method, path, body, self.headers | more)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


@contextmanager
def dripping(sender: Sender) -> Iterator[None]:
    is_over = threading.Event()
    with ExitStack() as held:
        uploads = [sender.create(MIB) for _phone in range(PHONES)]
        for upload in uploads:
            held.callback(sender.cancel, upload)  # a person may have no more than a hundred unfinished ones
        phones = [held.enter_context(sender.phone(upload)) for upload in uploads]

        def drip() -> None:
            while not is_over.wait(1.0):
                for phone in phones:
                    phone.sendall(bytes(1000))

        thread = threading.Thread(target=drip)
        thread.start()
        time.sleep(2)
        try:
            yield
        finally:
            is_over.set()
            thread.join()


def one_round(sender: Sender, cookie: str) -> dict[str, float]:
    upload_s = sender.upload_s()
    pages = measure.load(sender.server, "/dashboard/", requests=64, clients=4, cookie=cookie)
    return {
        "upload_s": upload_s,
        "page_cpu_ms": pages.cpu_ms,
        "page_p50_ms": pages.percentile_ms(0.5),
        "page_p95_ms": pages.percentile_ms(0.95),
        "memory_mib": measure.memory_bytes(sender.server.pid) / MIB,
        "threads": sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in measure.tree(sender.server.pid)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory, ExitStack() as running:
        environment = environment_in(Path(directory))
        running.enter_context(_valkey(environment, Path(directory)))
        cookie = _seed(environment)
        server = running.enter_context(measure.serve(SERVERS["front"], environment, Path(directory, "log")))
        sender, alone, beside = Sender(server, cookie), [], []
        one_round(sender, cookie)  # only warms up
        for _round in range(options.rounds):
            alone.append(one_round(sender, cookie))
            with dripping(sender):
                beside.append(one_round(sender, cookie))
    figures = {
        name: {
            "alone": round(statistics.median(one[name] for one in alone), 2),
            "beside": round(statistics.median(one[name] for one in beside), 2),
            "ratio": round(statistics.median(b[name] / a[name] for a, b in zip(alone, beside, strict=True)), 2),
        }
        for name in alone[0]
    }
    if options.json:
        print(json.dumps({"phones": PHONES, "figures": figures}, indent=1))
    else:
        for name, one in figures.items():
            print(f"{name:14}{one['alone']:10.2f} alone{one['beside']:10.2f} beside{one['ratio']:8.2f} x")


if __name__ == "__main__":
    main()
