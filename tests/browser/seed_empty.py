"""An institute on its first morning: one person of each role and nothing else."""

from tests import people


def main() -> None:
    for make in (people.admin, people.teacher, people.cashier, people.student, people.guardian):
        make()
