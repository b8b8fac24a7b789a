"""The tariff most calls start from."""

from collections.abc import Mapping

from grants.rules.standard.words import Document, text
from grants.rules.tariff import FORMAT as TARIFF_FORMAT


def standard_tariff(rate: Mapping[str, str]) -> Document:
    """Return the tariff of Culture Moves Europe 2025–26 with the exchange `rate` of the day of publication.

    `rate` has base, quote, value (decimal text), date (ISO) and source.
    """
    return {
        "format": TARIFF_FORMAT,
        "currency": "EUR",
        "source": {
            "name": text(
                "Culture Moves Europe, convocatoria de movilidad individual 2025–2026",
                "Culture Moves Europe, individual mobility call 2025–2026",
            ),
            "url": "https://culture.ec.europa.eu/creative-europe/creative-europe-culture-strand/culture-moves-europe",
        },
        "per_diem": {"cents": 8_500},
        "travel": [{"under_km": 5_000, "cents": 40_000}, {"under_km": None, "cents": 80_000}],
        "top_ups": [
            {"id": "green", "cents": 40_000},
            {"id": "visa", "cents": 12_000},
            {"id": "family", "cents": 20_000},
            {"id": "access", "cents": 3_000},
        ],
        "stays": [
            {"min_people": 1, "max_people": 1, "min_days": 7, "max_days": 60},
            {"min_people": 2, "max_people": 5, "min_days": 7, "max_days": 21},
        ],
        "rate": dict(rate),
    }
