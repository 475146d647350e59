"""Drive's search language (`q`): the terms that make sense in an application data folder.

    name, mimeType: = != contains       modifiedTime, createdTime: < <= = != > >=       trashed = false
    'folder' in parents       appProperties has { key='k' and value='v' }       and  or  not  ( )

`name contains` matches the beginning of the name's words only (search guide: "only performs prefix matching").
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.emulators.google.accounts import APP_DATA, StoredFile
from tests.emulators.google.answers import refuse

Test = Callable[[StoredFile], bool]
_TOKEN = re.compile(r"\s*(?:'((?:\\.|[^'\\])*)'|(<=|>=|!=|[=<>(){}])|([A-Za-z]+))")
_TIMES = {"modifiedTime": "modified_at", "createdTime": "created_at"}
_TEXTS = {"name": "name", "mimeType": "mime_type"}
_NEVER_TRUE = {"trashed", "starred", "sharedWithMe"}


def compile_query(text: str, root_id: str) -> Test:
    """The test `text` describes; an empty one is true of everything. `root_id` is what the alias appDataFolder means.

    Raises: Refusal (400 invalid) for what Drive would not understand.
    """
    if not text.strip():
        return lambda _file: True
    reader = _Reader(text, root_id)
    test = reader.either()
    if reader.tokens:
        raise reader.unreadable()
    return test


class _Reader:
    """A recursive descent over the tokens; each method takes what it reads from the front."""

    def __init__(self, text: str, root_id: str) -> None:
        self.root_id = root_id
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise self.unreadable()
            string, sign, word = found.groups()
            if string is not None:
                self.tokens.append(("string", re.sub(r"\\(.)", r"\1", string)))
            else:
                self.tokens.append(("sign", sign) if sign else ("word", word))
            at = found.end()

    def unreadable(self) -> Exception:
        return refuse("invalid", location="q")

    def take(self, kind: str, *values: str) -> str:
        if not self.tokens or self.tokens[0][0] != kind or (values and self.tokens[0][1] not in values):
            raise self.unreadable()
        return self.tokens.pop(0)[1]

    def next_is(self, kind: str, value: str) -> bool:
        if self.tokens[:1] != [(kind, value)]:
            return False
        self.tokens.pop(0)
        return True

    def either(self) -> Test:
        tests = [self.both()]
        while self.next_is("word", "or"):
            tests.append(self.both())
        return lambda file: any(test(file) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.next_is("word", "and"):
            tests.append(self.single())
        return lambda file: all(test(file) for test in tests)

    def single(self) -> Test:
        if self.next_is("word", "not"):
            test = self.single()
            return lambda file: not test(file)
        if self.next_is("sign", "("):
            test = self.either()
            self.take("sign", ")")
            return test
        if self.tokens and self.tokens[0][0] == "string":
            return self.membership()
        return self.comparison()

    def membership(self) -> Test:
        value = self.take("string")
        self.take("word", "in")
        self.take("word", "parents")
        if value == APP_DATA:
            value = self.root_id
        return lambda file: value in file.parents

    def comparison(self) -> Test:
        name = self.take("word")
        if name in ("appProperties", "properties"):
            return self.property_test("app_properties" if name == "appProperties" else "properties")
        if name in _NEVER_TRUE:
            return self.flag()
        if name in _TIMES:
            return self.instant(_TIMES[name])
        if name in _TEXTS:
            return self.words(_TEXTS[name])
        raise self.unreadable()

    def flag(self) -> Test:
        negative = self.take("sign", "=", "!=") == "!="
        wanted = (self.take("word", "true", "false") == "true") != negative
        return lambda _file: not wanted

    def words(self, attribute: str) -> Test:
        if self.next_is("word", "contains"):
            needle = self.take("string").casefold()
            start = re.compile(r"(?:^|[\W_])" + re.escape(needle))
            return lambda file: start.search(getattr(file, attribute).casefold()) is not None
        negative = self.take("sign", "=", "!=") == "!="
        value = self.take("string").casefold()
        return lambda file: (getattr(file, attribute).casefold() == value) != negative

    def instant(self, attribute: str) -> Test:
        sign = self.take("sign", "<", "<=", "=", "!=", ">", ">=")
        try:
            moment = datetime.fromisoformat(self.take("string"))
        except ValueError:
            raise self.unreadable() from None
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        compare: dict[str, Callable[[float], bool]] = {
            "<": lambda value: value < at,
            "<=": lambda value: value <= at,
            "=": lambda value: value == at,
            "!=": lambda value: value != at,
            ">": lambda value: value > at,
            ">=": lambda value: value >= at,
        }
        return lambda file: compare[sign](getattr(file, attribute))

    def property_test(self, attribute: str) -> Test:
        self.take("word", "has")
        self.take("sign", "{")
        self.take("word", "key")
        self.take("sign", "=")
        key = self.take("string")
        self.take("word", "and")
        self.take("word", "value")
        self.take("sign", "=")
        value = self.take("string")
        self.take("sign", "}")
        return lambda file: getattr(file, attribute).get(key) == value
