"""Whatever a person reads exists in Spanish and in English."""

from tests.architecture.translations import as_po, extracted, faults, missing


def test_every_sentence_has_its_english() -> None:
    lacking = missing()
    assert not lacking, "\n".join(f"# {room}.po\n{as_po(found)}" for room, found in sorted(lacking.items()))


def test_catalogues_are_whole_and_agree() -> None:
    assert faults() == []


def test_the_search_finds_sentences_in_code_and_in_templates() -> None:
    kinds = {place.rpartition(".")[2] for found in extracted().values() for place, _line in found.places}
    assert kinds >= {"py", "html"}
