"""The filter of system calls, read as the kernel reads it, for both processors."""

import errno
import struct

import pytest

from exams.sandbox.seccomp import filter_program
from exams.sandbox.syscalls import ALLOWED

pytestmark = pytest.mark.apart

ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
ALLOW, KILL = 0x7FFF_0000, 0x8000_0000
SOCKET = {"x86_64": 41, "aarch64": 198}
# Of both machines: numbers of what must never be allowed.
NEVER = {
    "x86_64": {
        "connect": 42,
        "bind": 49,
        "ptrace": 101,
        "unshare": 272,
        "setns": 308,
        "mount": 165,
        "bpf": 321,
        "keyctl": 250,
        "io_uring_setup": 425,
        "memfd_create": 319,
        "shmget": 29,
        "userfaultfd": 323,
        "perf_event_open": 298,
        "process_vm_readv": 310,
        "clone3": 435,
        "mq_open": 240,
        "flock": 73,
        "seccomp": 317,
        "open_by_handle_at": 304,
        "personality": 135,
        "pidfd_getfd": 438,
    },
    "aarch64": {
        "connect": 203,
        "bind": 200,
        "ptrace": 117,
        "unshare": 97,
        "setns": 268,
        "mount": 40,
        "bpf": 280,
        "keyctl": 219,
        "io_uring_setup": 425,
        "memfd_create": 279,
        "shmget": 194,
        "userfaultfd": 282,
        "perf_event_open": 241,
        "process_vm_readv": 270,
        "clone3": 435,
        "mq_open": 180,
        "flock": 32,
        "seccomp": 277,
        "open_by_handle_at": 265,
        "personality": 92,
        "pidfd_getfd": 438,
    },
}


def answer(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel's machine comes to."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    rules = list(struct.iter_unpack("=HBBI", program))
    place = accumulator = 0
    while True:
        code, yes, no, value = rules[place]
        place += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x06:
                return int(value)
            case 0x15:
                place += yes if accumulator == value else no
            case 0x25:
                place += yes if accumulator > value else no
            case 0x35:
                place += yes if accumulator >= value else no
            case 0x45:
                place += yes if accumulator & value else no
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")


def refused(number: int) -> int:
    return 0x0005_0000 | number


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def asked(machine: str, name: str, *arguments: int, may_fork: bool = False, largest: int = 0) -> int:
    program = filter_program(may_fork=may_fork, largest=largest, machine=machine)
    return answer(program, ARCHITECTURES[machine], ALLOWED[machine][name], *arguments)


def test_it_is_short_enough_for_the_kernel_and_each_number_is_there_once(machine: str) -> None:
    assert len(filter_program(may_fork=False, largest=1 << 30, machine=machine)) // 8 < 4096
    numbers = list(ALLOWED[machine].values())
    assert len(numbers) == len(set(numbers))


def test_what_is_not_listed_does_not_exist(machine: str) -> None:
    program = filter_program(may_fork=True, machine=machine)
    for name, number in NEVER[machine].items():
        assert name not in ALLOWED[machine]
        assert answer(program, ARCHITECTURES[machine], number) == refused(errno.ENOSYS), name
    assert answer(program, ARCHITECTURES[machine], 100_000) == refused(errno.ENOSYS)
    assert answer(program, ARCHITECTURES[machine], SOCKET[machine], 2, 1, 0) == refused(errno.EACCES)


def test_other_machine_languages_are_not_understood(machine: str) -> None:
    program = filter_program(may_fork=False, machine=machine)
    read = ALLOWED[machine]["read"]
    assert answer(program, ARCHITECTURES[machine], read) == ALLOW
    for foreign in (
        0x4000_0003,
        0x4000_0028,
        0xC000_003E ^ 0x1,
        *set(ARCHITECTURES.values()) - {ARCHITECTURES[machine]},
    ):
        assert answer(program, foreign, read) == refused(errno.ENOSYS)
    if machine == "x86_64":
        assert answer(program, ARCHITECTURES[machine], 0x4000_0000 | read) == refused(errno.ENOSYS)


def test_threads_are_made_and_processes_only_by_compilers(machine: str) -> None:
    thread, process, namespace = 0x3D_0F00, 0x0120_0011, 0x1000_0011
    assert asked(machine, "clone", thread) == ALLOW
    assert asked(machine, "clone", process) == refused(errno.EPERM)
    assert asked(machine, "clone", process, may_fork=True) == ALLOW
    for may_fork in (False, True):
        assert asked(machine, "clone", namespace, may_fork=may_fork) == refused(errno.EPERM)
        assert asked(machine, "clone", thread | 0x1000_0000, may_fork=may_fork) == refused(errno.EPERM)
    if machine == "x86_64":
        assert [asked(machine, name) for name in ("fork", "vfork")] == [refused(errno.EPERM)] * 2
        assert [asked(machine, name, may_fork=True) for name in ("fork", "vfork")] == [ALLOW] * 2


def test_arguments_decide_where_a_call_can_do_harm(machine: str) -> None:
    assert asked(machine, "socketpair", 1) == ALLOW
    assert asked(machine, "socketpair", 16) == refused(errno.EACCES)
    assert asked(machine, "fcntl", 3, 3) == ALLOW
    assert [asked(machine, "fcntl", 3, lock) for lock in (6, 7, 37)] == [refused(errno.ENOLCK)] * 3
    assert [asked(machine, "fcntl", 3, other) for other in (8, 1024, 1031)] == [refused(errno.EPERM)] * 3
    assert asked(machine, "ioctl", 0, 0x5401) == ALLOW
    assert asked(machine, "ioctl", 0, 0x5412) == refused(errno.ENOTTY)
    assert asked(machine, "prctl", 15) == ALLOW
    assert [asked(machine, "prctl", option) for option in (22, 36)] == [refused(errno.EPERM)] * 2


@pytest.mark.parametrize(
    ("size", "protection", "expected"),
    [(1 << 20, 3, ALLOW), ((1 << 20) + 1, 3, KILL), (1 << 40, 3, KILL), (1 << 40, 0, ALLOW), (1 << 40, 1, ALLOW)],
)
def test_a_piece_of_memory_is_no_larger_than_all_there_is(
    machine: str, size: int, protection: int, expected: int
) -> None:
    assert asked(machine, "mmap", 0, size, protection, largest=1 << 20) == expected
    assert asked(machine, "mmap", 0, size, protection) == ALLOW
    if protection == 3:
        assert asked(machine, "mremap", 0, 4096, size, largest=1 << 20) == expected
