"""Files of other systems write the right option first by custom. A page names options by their letters, whatever order
they are shown in, so who looked into it would know. Pure.
"""

from dataclasses import replace

from exams.content import CHOSEN, LETTERS, Content
from exams.formats import lettered
from exams.shuffling import shuffled


def telling_nothing(content: Content) -> Content:
    """The same question with its options lettered anew when the right ones come first and their order says nothing.

    The new order follows from the texts alone, so a file that is read again gives the same question again.
    """
    body, right = content.body, content.key.right
    first = {one.id for one in body.options[: len(right)]}
    if content.kind not in CHOSEN or not body.is_shuffled or first != set(right):
        return content
    mixed = shuffled(body.options, body.text, *(one.text for one in body.options))
    options = lettered(mixed, LETTERS)
    now = {was.id: new.id for was, new in zip(mixed, options, strict=True)}
    key = replace(content.key, right=tuple(sorted(now[one] for one in right)))
    return replace(content, body=replace(body, options=options), key=key)
