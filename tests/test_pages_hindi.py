"""Hindi is complete: every string of ours is in the catalogue, translated, and compiled.

Written without gettext's own tools, which a machine that runs the tests need not have.
"""

import ast
import gettext
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from tests.people import signed_in, student

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "coaching/locale/hi/LC_MESSAGES/django.po"
APPS = ("accounts", "attendance", "batches", "chat", "coaching", "dfs", "exams", "fees", "notices")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
PLACE = re.compile(r"%\(\w+\)[ds]|\{\w*\}")

Key = tuple[str, str]  # context, msgid


@cache
def entries() -> dict[Key, list[str]]:
    """The catalogue: what is said in Hindi (more than one when it has a plural) for each string."""
    found: dict[Key, list[str]] = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[1:]:
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                assert "fuzzy" not in line, block
                continue
            name, text = line.split(" ", 1) if not line.startswith('"') else (name, line)
            parts[name] = parts.get(name, "") + ast.literal_eval(text)
        said = [text for name, text in parts.items() if name.startswith("msgstr")]
        found[parts.get("msgctxt", ""), parts["msgid"]] = said
    return found


def marked(module: ast.Module) -> set[Key]:
    """The strings a module marks for translation, under the usual names and their usual aliases."""
    found: set[Key] = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if name in PLAIN | PLURAL and texts:
            found.add(("", texts[0]))
        elif name in IN_CONTEXT and len(texts) > 1:
            found.add((texts[0], texts[1]))
    return found


def marked_in_template(text: str) -> set[Key]:
    """What Django's own extractor finds; its output is calls that Python can read one by one."""
    found: set[Key] = set()
    for call in re.findall(r"(?:_|n?p?gettext)\((?:[^()\"']|'(?:\\.|[^'])*'|\"(?:\\.|[^\"])*\")*\)", templatize(text)):
        found |= marked(ast.parse(call))
    return found


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of ours, read once: that takes longer than looking into it."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def all_marked() -> frozenset[Key]:
    found: set[Key] = set()
    for path, module in modules().items():
        if "migrations" not in path.parts:
            found |= marked(module)
    for template in (ROOT / "templates").rglob("*.*"):
        found |= marked_in_template(template.read_text(encoding="utf-8"))
    return frozenset(found)


def test_the_extractors_find_what_is_there() -> None:
    calls = '_("a"); ngettext("b", "c", 2); pgettext("k", "d"); other("e")'
    assert marked(ast.parse(calls)) == {("", "a"), ("", "b"), ("k", "d")}
    template = (
        "{% load i18n %}{% translate \"It’s 'on'\" %}"
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    assert marked_in_template(template) == {("", "It’s 'on'"), ("", "%(n)s row")}
    assert len(all_marked()) > 200


def other_names(module: ast.Module) -> set[str]:
    """The names, `_` apart, that a module gives to translating functions."""
    imports = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    return {name.asname for name in names if name.asname and name.asname != "_"}


def test_translating_functions_go_by_names_the_extractors_know() -> None:
    """A string given to a function of another name is found by nobody and stays English."""
    assert not {path.name: names for path, module in modules().items() if (names := other_names(module))}
    assert other_names(ast.parse("from django.utils.translation import gettext_lazy as _l, gettext as _")) == {"_l"}


def test_every_string_is_in_the_hindi_catalogue() -> None:
    missing = all_marked() - entries().keys()
    assert not missing, f"{len(missing)} strings are not in {CATALOGUE.name}: {sorted(missing)}"


def test_every_string_is_translated() -> None:
    empty = [key for key, said in entries().items() if not all(said)]
    assert not empty


def test_every_translation_keeps_its_places() -> None:
    """A place lost or misspelt in Hindi would be a page that fails only for those who read Hindi."""
    for (_context, msgid), said in entries().items():
        if len(said) == 1:
            assert sorted(PLACE.findall(said[0])) == sorted(PLACE.findall(msgid)), msgid
        assert all("%" not in PLACE.sub("", text).replace("%%", "") for text in said), msgid


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        hindi = gettext.GNUTranslations(compiled)
    for (context, msgid), said in entries().items():
        if len(said) == 1:
            assert (hindi.pgettext(context, msgid) if context else hindi.gettext(msgid)) == said[0]
        else:
            assert [hindi.ngettext(msgid, "", 1), hindi.ngettext(msgid, "", 2)] == said


@pytest.mark.parametrize("word", ["successfully", "Oops", "please note"])
def test_nothing_says_what_our_words_avoid(word: str) -> None:
    assert not [msgid for _context, msgid in all_marked() if word.lower() in msgid.lower()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "typed"),
    [
        (
            "/accounts/password/change/",
            {"oldpassword": "wrong", "password1": "three plain words", "password2": "x"},
        ),
        ("/accounts/reauthenticate/", {"password": "wrong"}),
    ],
)
def test_refusals_that_are_not_ours_are_in_hindi_too(address: str, typed: dict[str, str]) -> None:
    page = signed_in(student()).post(address, typed, headers={"accept-language": "hi"}).content.decode()
    refusals = re.findall(r'<div class="error-text".*?<span>(.*?)</span>', page, re.DOTALL)
    assert refusals
    assert not [refusal for refusal in refusals if re.search("[A-Za-z]{3}", refusal)]
