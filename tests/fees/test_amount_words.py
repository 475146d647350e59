"""Amounts in words, as they stand on receipts."""

import pytest

from coaching.lib.amount_words import in_english, in_hindi

WORDS = [
    (0, "Zero rupees only", "शून्य रुपये मात्र"),
    (1, "One paisa only", "एक पैसा मात्र"),
    (50, "Fifty paise only", "पचास पैसे मात्र"),
    (100, "One rupee only", "एक रुपया मात्र"),
    (101, "One rupee and one paisa only", "एक रुपया और एक पैसा मात्र"),
    (1_900, "Nineteen rupees only", "उन्नीस रुपये मात्र"),
    (9_900, "Ninety-nine rupees only", "निन्यानवे रुपये मात्र"),
    (10_000, "One hundred rupees only", "एक सौ रुपये मात्र"),
    (123_456, "One thousand two hundred thirty-four rupees and fifty-six paise only", None),
    (2_000_000, "Twenty thousand rupees only", "बीस हज़ार रुपये मात्र"),
    (11_800_050, "One lakh eighteen thousand rupees and fifty paise only", "एक लाख अठारह हज़ार रुपये और पचास पैसे मात्र"),
    (1_000_000_000, "One crore rupees only", "एक करोड़ रुपये मात्र"),
    (
        99_999_999_999,
        "Ninety-nine crore ninety-nine lakh ninety-nine thousand nine hundred ninety-nine rupees "
        "and ninety-nine paise only",
        "निन्यानवे करोड़ निन्यानवे लाख निन्यानवे हज़ार नौ सौ निन्यानवे रुपये और निन्यानवे पैसे मात्र",
    ),
    (10**12, "One thousand crore rupees only", "एक हज़ार करोड़ रुपये मात्र"),
]


@pytest.mark.parametrize(("paise", "english", "hindi"), WORDS)
def test_an_amount_reads_in_both_languages(paise: int, english: str, hindi: str | None) -> None:
    assert in_english(paise) == english
    if hindi is not None:
        assert in_hindi(paise) == hindi
