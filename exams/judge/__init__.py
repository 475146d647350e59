"""The judge of coding questions: what is judged by what, in which order, and what it came to.

The sandbox itself is `exams.sandbox`, which knows no tables. Here a suite (`exams.models.coding`) says how programs for
a question are judged, and rows (`exams.models.judging`) are the queue: a worker takes the next one, whoever woke it.
"""
