"""Drive's `fields` parameter: which parts of an answer are wanted: `nextPageToken,files(id,capabilities/canEdit)`."""

import json
import re
from functools import cache
from typing import Any

from googleapiclient.discovery_cache import get_static_doc

from tests.emulators.google.answers import refuse

Mask = dict[str, Any]  # name -> mask of what is below; an empty one wants all of it
_TOKEN = re.compile(r"\s*([A-Za-z0-9_*]+|[(),/])")


def parse(text: str) -> Mask:
    """`a,b(c,d),e/f` as a tree.

    Raises: Refusal (400 invalidParameter) when it cannot be read.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise _unreadable(text)
    mask, rest = _selection(tokens, text)
    if rest:
        raise _unreadable(text)
    return mask


def _selection(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    """One comma-separated list up to its end or a closing parenthesis; also answers what follows."""
    mask: Mask = {}
    while True:
        path = []
        while True:
            if not tokens or tokens[0] in "(),/":
                raise _unreadable(text)
            path.append(tokens[0])
            tokens = tokens[1:]
            if tokens[:1] != ["/"]:
                break
            tokens = tokens[1:]
        below: Mask = {}
        if tokens[:1] == ["("]:
            below, tokens = _selection(tokens[1:], text)
            if tokens[:1] != [")"]:
                raise _unreadable(text)
            tokens = tokens[1:]
        _graft(mask, path, below)
        if tokens[:1] != [","]:
            return mask, tokens
        tokens = tokens[1:]


def _graft(mask: Mask, path: list[str], below: Mask) -> None:
    for name in path[:-1]:
        mask = mask.setdefault(name, {})
    mask.setdefault(path[-1], {}).update(below)


def _unreadable(text: str) -> Exception:
    return refuse("invalidParameter", message=f"Invalid field selection {text}", location="fields")


def apply(document: Any, mask: Mask) -> Any:
    """What `mask` wants of `document`; a name that is absent stays absent."""
    if not mask or ("*" in mask and not mask["*"]):
        return document
    if isinstance(document, list):
        return [apply(item, mask) for item in document]
    if not isinstance(document, dict):
        return document
    if "*" in mask:
        mask = {**dict.fromkeys(document, mask["*"]), **mask}
    return {name: apply(value, mask[name]) for name, value in document.items() if name in mask}


def check(mask: Mask, schema: str) -> None:
    """Refuse a name the resource does not have, as Google does ("Invalid field selection sizes")."""
    for name, below in mask.items():
        if name == "*":
            continue
        properties = _properties(schema)
        if properties and name not in properties:
            raise _unreadable(name)
        if below and name in properties:
            check(below, properties[name])


@cache
def _properties(schema: str) -> dict[str, str]:
    """The properties of a resource of the discovery document, and the resource each refers to ("" for none)."""
    described = _schemas().get(schema, {}).get("properties", {})
    return {name: about.get("$ref") or about.get("items", {}).get("$ref", "") for name, about in described.items()}


@cache
def _schemas() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(get_static_doc("drive", "v3"))
    schemas: dict[str, Any] = document["schemas"]
    return schemas


def select(document: dict[str, Any], wanted: str, default: str, schema: str) -> dict[str, Any]:
    """`document` cut down to `wanted`, or to `default` when nothing is asked for."""
    mask = parse(wanted or default)
    check(mask, schema)
    chosen: dict[str, Any] = apply(document, mask)
    return chosen
