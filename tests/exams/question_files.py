"""Files of questions for the tests of their import."""

from exams import question_files
from exams.question_file_plans import Plan, Source, plan_file
from tests import people
from tests.batches import timetables

HEAD = "kind,subject,topic,tags,passage,text_en,option_a,option_b,right"
GOOD = "SINGLE,Physics,Units,si,,Which unit has force?,joule,newton,b"
TRUE = "TRUE_FALSE,Physics,Light,,,Light is fast.,,,true"
BAD = "SINGLE,Physics,Units,,,Only one option,x,,a"


def table(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode() + b"\n"


def planned(content: bytes, name: str = "questions.csv", **more) -> Plan:
    timetables.subject()
    return plan_file(Source(content, name, **more))


def taken(content: bytes, *, leaves_out: bool = False, **more) -> Plan:
    plan = planned(content, **more)
    question_files.apply_file(plan, leaves_out=leaves_out, actor=people.teacher())
    return plan


def many(count: int) -> bytes:
    """So many different questions with solutions, formulas and tags, in both languages."""
    head = f"{HEAD},text_hi,solution_en"
    lines = (
        f"SINGLE,Physics,Topic {n % 20},tag{n % 50},,A mass of {n} kg falls: what is $mg$ in **N**?,"
        f"{n * 9.81:.2f},{n * 4},a,{n} kg का भार?,Because $F = m g$ with {n}."
        for n in range(count)
    )
    return "\n".join((head, *lines)).encode()
