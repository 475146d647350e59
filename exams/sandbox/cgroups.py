"""What a control group adds where there is one: exact totals over processes. Never required."""

from typing import NamedTuple, Protocol


class Used(NamedTuple):
    """CPU time in ns, peak memory in bytes, and whether the kernel ended something for want of memory."""

    cpu_ns: int
    memory_bytes: int
    is_out_of_memory: bool


class Group(Protocol):
    """Of one run."""

    def add(self, pid: int) -> None: ...

    def used(self) -> Used: ...
