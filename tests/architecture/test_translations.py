"""Whatever a person reads exists in Spanish and in English."""

from tests.architecture.findings import assert_nothing
from tests.architecture.translations import CATALOGUES, extracted, faults, missing


def test_every_sentence_has_its_english() -> None:
    lacking = [
        f"{room}.po lacks {key[0]!r} ({found.places[0][0]}:{found.places[0][1]})"
        for room, sentences in sorted(missing().items())
        for key, found in sentences.items()
    ]
    assert_nothing(lacking)  # python -m tests.architecture.translations prints the entries to fill in


def test_catalogues_are_whole_and_agree() -> None:
    assert faults() == []


def test_no_catalogue_keeps_the_marks_of_a_merge() -> None:
    """What reads catalogues passes over them, and over one of the two entries between them."""
    lines = [(path.name, line) for path in CATALOGUES.glob("*.po") for line in path.read_text("utf-8").splitlines()]
    assert_nothing((name, line) for name, line in lines if line.startswith(("<<<<<<<", ">>>>>>>")) or line == "=======")


def test_the_search_finds_sentences_in_code_and_in_templates() -> None:
    kinds = {place.rpartition(".")[2] for found in extracted().values() for place, _line in found.places}
    assert kinds >= {"py", "html"}
