"""Amounts of rupees in words, English and Hindi, in lakh and crore. Pure.

in_english(2_000_000) → "Twenty thousand rupees only"
in_hindi(2_000_000)   → "बीस हज़ार रुपये मात्र"
"""


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_BELOW_TWENTY = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HINDI = _listed(
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस "
    "चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस "
    "इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास इक्यावन बावन तिरेपन चौवन पचपन छप्पन "
    "सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरेसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर "
    "पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी नब्बे "
    "इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
)
_STEPS = ((10_000_000, "crore", "करोड़"), (100_000, "lakh", "लाख"), (1000, "thousand", "हज़ार"), (100, "hundred", "सौ"))


def in_english(paise: int) -> str:
    """Of nought or more."""
    rupees, rest = divmod(paise, 100)
    parts = [f"{_english(rupees)} {'rupee' if rupees == 1 else 'rupees'}"] if rupees or not rest else []
    parts += [f"{_english(rest)} {'paisa' if rest == 1 else 'paise'}"] if rest else []
    words = " and ".join(parts) + " only"
    return words[0].upper() + words[1:]


def in_hindi(paise: int) -> str:
    """Of nought or more."""
    rupees, rest = divmod(paise, 100)
    parts = [f"{_hindi(rupees)} {'रुपया' if rupees == 1 else 'रुपये'}"] if rupees or not rest else []
    parts += [f"{_hindi(rest)} {'पैसा' if rest == 1 else 'पैसे'}"] if rest else []
    return " और ".join(parts) + " मात्र"


def _english(number: int) -> str:
    if number < 20:
        return _BELOW_TWENTY[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_BELOW_TWENTY[ones]}" if ones else "")
    step, word = next((step, english) for step, english, _hindi_word in _STEPS if number >= step)
    count, rest = divmod(number, step)
    return f"{_english(count)} {word}" + (f" {_english(rest)}" if rest else "")


def _hindi(number: int) -> str:
    if number < 100:
        return _HINDI[number]
    step, word = next((step, hindi) for step, _english_word, hindi in _STEPS if number >= step)
    count, rest = divmod(number, step)
    return f"{_hindi(count)} {word}" + (f" {_hindi(rest)}" if rest else "")
