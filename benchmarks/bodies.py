"""CPU per MiB of a request's body: the ASGI front against pure WSGI. `python -m benchmarks.bodies [--json]`.

The view only reads; what the store does with the bytes is another benchmark's figure.
"""

import argparse
import http.client
import json
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import measure
from benchmarks.pages import BASELINE, SERVERS, environment_in

MIB = 2**20
SENT_MIB = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {"wsgi": [], "front": []}
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory, ExitStack() as running:
        environment = environment_in(Path(directory))
        servers = {
            name: running.enter_context(measure.serve(SERVERS[name], environment, Path(directory, f"{name}.log")))
            for name in taken
        }
        for number in range(options.rounds + 1):
            for name in random.sample(list(servers), len(servers)):
                figure = _send(servers[name])
                if number:  # the first round only warms up
                    taken[name].append(figure)
    figures = {
        name: {
            "cpu_ms_per_mib": round(statistics.median(cpu for cpu, _ in ones), 2),
            "ratio": round(statistics.median(a[0] / b[0] for a, b in zip(ones, taken[BASELINE], strict=True)), 2),
            "mib_per_s": round(statistics.median(rate for _, rate in ones)),
        }
        for name, ones in taken.items()
    }
    if options.json:
        print(json.dumps({"baseline": BASELINE, "servers": figures}, indent=1))
    else:
        for name, one in figures.items():
            cost = f"{one['cpu_ms_per_mib']:6.2f} CPU ms/MiB {one['ratio']:6.2f} x"
            print(f"{name:8}{cost} {one['mib_per_s']:6} MiB/s")


def _send(server: measure.Server) -> tuple[float, float]:
    """CPU-ms per MiB and MiB/s of one upload."""
    before, began = measure.cpu_s(server.pid), time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("PATCH", "/bench/body/", bytes(SENT_MIB * MIB))
    answer = connection.getresponse().read()
    connection.close()
    assert int(answer) == SENT_MIB * MIB
    took_s = time.perf_counter() - began
    return (measure.cpu_s(server.pid) - before) * 1000 / SENT_MIB, SENT_MIB / took_s


if __name__ == "__main__":
    main()
