"""Keeps of each answer the context of its page, not of the hundred templates which that includes. Importing is enough.

Django's test client copies the context of whatever is rendered: a sixth of the time that a page takes. A test asks for
what the view gave, and that is in the first.
"""

from typing import Any

from django.template import Context, RequestContext, Template
from django.test import utils
from django.test.signals import template_rendered


def _render_and_tell_of_pages(self: Template, context: Context) -> Any:
    if context.template is self and isinstance(context, RequestContext):
        template_rendered.send(sender=self, template=self, context=context)
    return self.nodelist.render(context)


utils.instrumented_test_render = _render_and_tell_of_pages
