"""Puts a program that takes some seconds into the queue of a site that runs, in a process of its own; says its number.

`python -m tests.exams.judge.asked_of_site`, in the environment of that site.
"""

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")
    django.setup()
    from django.utils import timezone

    from accounts.models import Role, User
    from batches.models import Subject
    from exams.judge import queue, suites
    from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest, Question

    teacher = User.objects.filter(role=Role.TEACHER).earliest("pk")
    question = Question.objects.create(kind="CODING", subject=Subject.objects.earliest("pk"), created_by=teacher)
    suite = CodeSuite.objects.create(question=question, state=CodeSuite.State.CHECKING, created_by=teacher)
    group = CodeGroup.objects.create(suite=suite, title="All")
    for nth in (1, 2):
        stdin, answer = suites.keep_data(b"%d\n" % nth), suites.keep_data(b"%d\n" % (2 * nth))
        CodeTest.objects.create(suite=suite, group=group, position=nth, stdin=stdin, answer=answer)
    source = "import time\ntime.sleep(3)\nprint(2 * int(input()))\n"
    CodeSolution.objects.create(suite=suite, name="double.py", language="py", source=source, created_by=teacher)
    (row,) = queue.ask_for_solutions(suite, now=timezone.now())
    sys.stdout.write(f"{row.pk}\n")


if __name__ == "__main__":
    main()
