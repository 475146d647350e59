"""An institute on its first morning: one person of each role and nothing else.

python -m tests.browser.seed_empty
"""


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests import people

    call_command("migrate", verbosity=0)
    for make in (people.admin, people.teacher, people.cashier, people.student, people.guardian):
        make()


if __name__ == "__main__":
    main()
