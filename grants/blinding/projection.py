"""The whitelist: what of an application a reviewer may read. Whatever is not named here does not pass."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.language import localised
from core.money import Money, format_money
from grants.rules import form as form_rules
from grants.rules.detector import Piece

BlindContent = dict[str, Any]  # {"title", "summary", "sections": [{"heading", "fields": [{"label", "value"}]}]}
Bilingual = Mapping[str, str]

# Leg of a journey: where and when. Never who receives, where one sleeps, or which flight.
LEG_KEYS = ("origin_city", "origin_country", "city", "country", "starts_on", "ends_on")
LONGEST_VALUE = 20_000

ITINERARY: Bilingual = {"es": "Itinerario", "en": "Itinerary"}
BUDGET: Bilingual = {"es": "Presupuesto", "en": "Budget"}
FACTS: Bilingual = {"es": "Datos generales", "en": "General facts"}
LEG: Bilingual = {"es": "Trayecto %d", "en": "Leg %d"}
AXIS: Bilingual = {"es": "Eje", "en": "Axis"}
KIND: Bilingual = {"es": "Quién solicita", "en": "Who applies"}
REQUESTED: Bilingual = {"es": "Cantidad solicitada", "en": "Amount requested"}
LINE_LABELS: Mapping[str, Bilingual] = {
    "per_diem": {"es": "Viáticos", "en": "Daily allowance"},
    "travel": {"es": "Traslado", "en": "Travel"},
    "green": {"es": "Complemento por viajar sin avión", "en": "Top-up for travelling without a plane"},
    "visa": {"es": "Complemento por visa", "en": "Top-up for visas"},
    "family": {"es": "Complemento por hijas o hijos", "en": "Top-up for children"},
    "access": {"es": "Complemento por necesidades de acceso", "en": "Top-up for access needs"},
}
UNTITLED = "Proyecto"


@dataclass(frozen=True, slots=True)
class BlindSource:
    """The parts of an application that the whitelist looks at, as plain values."""

    form: Mapping[str, Any]
    answers: Mapping[str, Any]
    itinerary: Sequence[Mapping[str, Any]]
    budget: Sequence[Mapping[str, Any]]
    requested: Money
    axis: Bilingual | None = None
    kind: Bilingual | None = None
    extra: Sequence[tuple[Bilingual, str]] = field(default=())


def project(source: BlindSource) -> BlindContent:
    """Return the dossier's content: blind-safe answers, journey, budget, axis and kind, each as text.

    An answer passes only if its question is in the call's form and is marked blind-safe there.
    """
    safe = {question["id"]: question for question in blind_questions(source.form)}
    return {
        "title": _answer(safe, source.answers, "title") or UNTITLED,
        "summary": _answer(safe, source.answers, "summary"),
        "sections": [
            section
            for section in (*_answer_sections(source), _journey(source), _budget(source), _facts(source))
            if section["fields"]
        ],
    }


def blind_questions(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the questions whose answers a reviewer may read: marked so, with no other value taken for a yes."""
    return (question for _step, question in form_rules.questions(form) if question.get("blind") is True)


def identifying_values(form: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """Return the free-text answers to identifying questions: none of them may turn up anywhere in the dossier."""
    found: list[str] = []
    for _step, question in form_rules.questions(form):
        if question.get("blind") is not True and question.get("type") in ("line", "text"):
            value = answers.get(question["id"])
            if isinstance(value, str):
                found += [line.strip() for line in value.splitlines() if line.strip()]
    return found


def pieces_of(content: BlindContent) -> Iterator[Piece]:
    """Yield every text of a dossier that came from the applicant, with its place."""
    yield Piece("title", content["title"])
    yield Piece("summary", content["summary"])
    for s, section in enumerate(content["sections"]):
        for f, entry in enumerate(section["fields"]):
            yield Piece(f"sections.{s}.fields.{f}", entry["value"])


def text_at(content: BlindContent, where: str) -> str:
    """Return the text at a place named by `pieces_of`."""
    return next(piece.text for piece in pieces_of(content) if piece.where == where)


def replace_text(content: BlindContent, where: str, text: str) -> BlindContent:
    """Return the content with the text at one place replaced; the rest is the same."""
    return map_texts(content, lambda place, old: text if place == where else old)


def map_texts(content: BlindContent, change: Any) -> BlindContent:
    """Return the content with every text passed through `change(where, text)`."""
    return {
        "title": change("title", content["title"]),
        "summary": change("summary", content["summary"]),
        "sections": [
            {
                "heading": section["heading"],
                "fields": [
                    {"label": entry["label"], "value": change(f"sections.{s}.fields.{f}", entry["value"])}
                    for f, entry in enumerate(section["fields"])
                ],
            }
            for s, section in enumerate(content["sections"])
        ],
    }


def _answer(safe: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any], name: str) -> str:
    question = safe.get(name)
    return _text(question, answers.get(name)) if question is not None else ""


def _answer_sections(source: BlindSource) -> Iterable[dict[str, Any]]:
    for section in source.form.get("sections", []):
        fields = []
        for question in section.get("questions", []):
            if question.get("blind") is not True or question["id"] in ("title", "summary", "axis"):
                continue
            text = _text(question, source.answers.get(question["id"]), source.requested.currency)
            if text:
                fields.append({"label": question["label"], "value": text})
        yield {"heading": dict(section["title"]), "fields": fields}


def _text(question: Mapping[str, Any], value: Any, currency: str = "MXN") -> str:
    """Return an answer as text; a type nobody has thought through does not pass."""
    kind = question.get("type")
    if kind in ("line", "text", "date") and isinstance(value, str):
        return _day(value) if kind == "date" else value[:LONGEST_VALUE]
    if kind in ("number", "money") and type(value) is int:
        return format_money(Money(value, currency)) if kind == "money" else str(value)
    if kind == "choice":
        labels = {option["value"]: localised(option["label"], "es") for option in question.get("options", ())}
        return labels.get(value, "") if isinstance(value, str) else ""
    return {"yes": "Sí", "no": "No"}.get(value, "") if kind == "yes_no" and isinstance(value, str) else ""


def _journey(source: BlindSource) -> dict[str, Any]:
    fields = []
    for number, leg in enumerate(source.itinerary, start=1):
        known = {key: str(leg.get(key) or "").strip()[:120] for key in LEG_KEYS}
        start = ", ".join(filter(None, (known["origin_city"], known["origin_country"])))
        end = ", ".join(filter(None, (known["city"], known["country"])))
        days = " – ".join(filter(None, (_day(known["starts_on"]), _day(known["ends_on"]))))
        line = f"{start} → {end}" if start else end
        fields.append(
            {
                "label": {tongue: text % number for tongue, text in LEG.items()},
                "value": f"{line} ({days})" if days else line,
            }
        )
    return {"heading": dict(ITINERARY), "fields": fields}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""  # not a date: whatever it says does not pass


def _budget(source: BlindSource) -> dict[str, Any]:
    fields = []
    for line in source.budget:
        cents, label = line.get("amount_cents"), LINE_LABELS.get(str(line.get("rule")))
        if isinstance(cents, int) and label:
            detail = str(line.get("detail") or "")[:120]
            amount = format_money(Money(cents, source.requested.currency))
            fields.append({"label": dict(label), "value": f"{amount} ({detail})" if detail else amount})
    return {"heading": dict(BUDGET), "fields": fields}


def _facts(source: BlindSource) -> dict[str, Any]:
    fields = [{"label": dict(REQUESTED), "value": format_money(source.requested)}]
    for label, value in ((AXIS, source.axis), (KIND, source.kind)):
        if value:
            fields.append({"label": dict(label), "value": localised(value, "es")})
    fields += [{"label": dict(label), "value": value} for label, value in source.extra]
    return {"heading": dict(FACTS), "fields": fields}
