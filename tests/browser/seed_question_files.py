"""A small bank beside which a file of questions is taken in: two subjects, one question that is in the file too."""

from exams import bank, topics
from exams.question_file_plans import Source, plan_file
from tests import people
from tests.batches import timetables
from tests.browser import seed_exams

TWIN = b"kind,subject,text_en,option_a,option_b,right\nSINGLE,Physics,Which unit has force?,joule,newton,b\n"


def main() -> None:
    seed_exams.people_and_batch()
    physics = timetables.subject()
    timetables.subject("Chemistry")
    topics.topic_named(physics, "Units")
    for row in plan_file(Source(TWIN, "twin.csv")).rows:
        bank.write_question(row.content, subject=physics, difficulty="EASY", actor=people.teacher())
