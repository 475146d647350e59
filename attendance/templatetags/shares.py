"""What pages say of shares."""

from django import template

from attendance import share_words

register = template.Library()
register.simple_tag(share_words.definition, name="share_definition")
