"""The whitelist: what of an application a reviewer may read. Whatever is not named here does not pass."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from core.language import localised
from core.money import Money, format_money
from grants.rules import form as form_rules
from grants.rules import places
from grants.rules.detector import Piece
from grants.rules.moments import spoken_day

BlindContent = dict[str, Any]  # {"title", "summary", "sections": [{"heading", "fields": [{"label", "value"}]}]}
Bilingual = Mapping[str, str]
Words = str | dict[str, str]  # one text for every reader, or one a language
LANGUAGES = ("es", "en")
ENGLISH = ".en"  # what the place of a text ends in when it is the English one of two

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
YES_NO: Mapping[str, Bilingual] = {"yes": {"es": "Sí", "en": "Yes"}, "no": {"es": "No", "en": "No"}}
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
    line_names: Mapping[str, Bilingual] = field(default_factory=dict)  # those that the tariff itself gave its lines


def project(source: BlindSource) -> BlindContent:
    """Return the dossier's content: blind-safe answers, journey, budget, axis and kind, each as text.

    An answer passes only if its question is in the call's form and is marked blind-safe there.
    """
    safe = {question["id"]: question for question in blind_questions(source.form)}
    answers = list(_answer_sections(source))
    budget = _budget(source)
    asked = next((section for section in answers if section["heading"].get("es") == BUDGET["es"]), None)
    if asked is not None:  # what the call asks about money, and the amounts worked out from it, are one section
        answers.remove(asked)
        budget["fields"] = [*asked["fields"], *budget["fields"]]
    return {
        "title": _answer(safe, source, "title") or UNTITLED,
        "summary": _answer(safe, source, "summary"),
        "sections": [section for section in (*answers, _journey(source), budget, _facts(source)) if section["fields"]],
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
            for suffix, text in _texts(entry["value"]):
                yield Piece(f"sections.{s}.fields.{f}{suffix}", text)


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
                    {"label": entry["label"], "value": _changed(entry["value"], f"sections.{s}.fields.{f}", change)}
                    for f, entry in enumerate(section["fields"])
                ],
            }
            for s, section in enumerate(content["sections"])
        ],
    }


def _texts(value: Words) -> Iterator[tuple[str, str]]:
    """Yield each text of a value with what its place ends in: the English one may say what the Spanish does not."""
    if isinstance(value, str):
        yield "", value
    else:
        yield from ((ENGLISH if tongue == "en" else "", text) for tongue, text in value.items())


def _changed(value: Words, where: str, change: Any) -> Words:
    if isinstance(value, str):
        return str(change(where, value))
    return {tongue: change(f"{where}{ENGLISH}" if tongue == "en" else where, text) for tongue, text in value.items()}


def _words(say: Callable[[str], str]) -> Words:
    """Return what `say(language)` says, once when both languages say the same."""
    said = {tongue: say(tongue) for tongue in LANGUAGES}
    return said["es"] if said["es"] == said["en"] else said


def _answer(safe: Mapping[str, Mapping[str, Any]], source: BlindSource, name: str) -> str:
    question = safe.get(name)
    if question is None:
        return ""
    return localised(_text(question, source.answers.get(name), source.requested.currency), "es")


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


def _text(question: Mapping[str, Any], value: Any, currency: str) -> Words:
    """Return an answer as text; a type nobody has thought through does not pass."""
    kind = question.get("type")
    if kind in ("line", "text", "date") and isinstance(value, str):
        return _words(lambda tongue: _day(value, tongue)) if kind == "date" else value[:LONGEST_VALUE]
    if kind in ("number", "money") and type(value) is int:
        return format_money(Money(value, currency)) if kind == "money" else str(value)
    if kind == "choice":
        labels = {option["value"]: option["label"] for option in question.get("options", ())}
        return (
            _words(lambda tongue: localised(labels[value], tongue))
            if isinstance(value, str) and value in labels
            else ""
        )
    return dict(YES_NO.get(value, {})) or "" if kind == "yes_no" and isinstance(value, str) else ""


def _journey(source: BlindSource) -> dict[str, Any]:
    fields = []
    for number, leg in enumerate(source.itinerary, start=1):
        known = {key: str(leg.get(key) or "").strip()[:120] for key in LEG_KEYS}
        fields.append(
            {
                "label": {tongue: text % number for tongue, text in LEG.items()},
                "value": _words(partial(_leg, known)),
            }
        )
    return {"heading": dict(ITINERARY), "fields": fields}


def _leg(leg: Mapping[str, str], tongue: str) -> str:
    start = _place(leg["origin_city"], leg["origin_country"], tongue)
    end = _place(leg["city"], leg["country"], tongue)
    days = " – ".join(filter(None, (_day(leg["starts_on"], tongue), _day(leg["ends_on"], tongue))))
    line = f"{start} → {end}" if start else end
    return f"{line} ({days})" if days else line


def _place(city: str, country: str, tongue: str) -> str:
    return ", ".join(filter(None, (city, places.country_name(country, tongue))))


def _day(text: str, tongue: str) -> str:
    try:
        return spoken_day(date.fromisoformat(text), tongue)
    except ValueError:
        return ""  # not a date: whatever it says does not pass


def _budget(source: BlindSource) -> dict[str, Any]:
    fields, labels = [], {**LINE_LABELS, **source.line_names}
    for line in source.budget:
        cents, label = line.get("amount_cents"), labels.get(str(line.get("rule")))
        if isinstance(cents, int) and label:
            detail = str(line.get("detail") or "")[:120]
            amount = format_money(Money(cents, source.requested.currency))
            fields.append({"label": dict(label), "value": _words(partial(_line, amount, detail))})
    return {"heading": dict(BUDGET), "fields": fields}


def _line(amount: str, detail: str, tongue: str) -> str:
    return f"{amount} · {places.spoken_detail(detail, tongue)}" if detail else amount


def _facts(source: BlindSource) -> dict[str, Any]:
    fields = [{"label": dict(REQUESTED), "value": format_money(source.requested)}]
    for label, value in ((AXIS, source.axis), (KIND, source.kind)):
        if value:
            fields.append({"label": dict(label), "value": dict(value)})
    return {"heading": dict(FACTS), "fields": fields}
