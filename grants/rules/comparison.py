"""What changed between the draft that was consulted and the call as it stands: item by item, word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.comparison import Piece, PieceKind, compared
from core.language import N_, _, localised
from core.money import Money, format_money
from grants.rules.moments import spoken_day
from grants.rules.requirements import spoken
from grants.rules.tariff_lines import lines_of, published
from grants.states.call import AUDIENCE_LABELS, DIRECTION_LABELS, Audience, Direction


@dataclass(frozen=True, slots=True)
class Change:
    """One item that is not what it was: its part of the call, its name, and its text with what came in and went out."""

    part: str
    name: str
    pieces: tuple[Piece, ...]

    @property
    def is_new(self) -> bool:
        """Whether the consulted draft had no such item."""
        return all(piece.kind is PieceKind.ADDED for piece in self.pieces)

    @property
    def is_gone(self) -> bool:
        """Whether the call has no such item any longer."""
        return all(piece.kind is PieceKind.REMOVED for piece in self.pieces)


CAP, RULES = N_("Tope por apoyo"), N_("Reglas de evaluación")
PARTS = {
    "texts": N_("Textos"),
    "scope": N_("Alcance"),
    "questions": N_("Preguntas del formulario"),
    "requirements": N_("Requisitos"),
    "tariff": N_("Tarifa"),
    "cap": CAP,
    "calendar": N_("Calendario"),
    "rulebook": RULES,
}
TEXTS = {"title": N_("Título"), "summary": N_("Resumen"), "body": N_("Bases")}
MOMENTS = {"opens_at": N_("Abre"), "closes_at": N_("Cierra"), "results_on": N_("Fecha de resultados")}
SCOPE = {
    "axes": N_("Ejes"),
    "regions": N_("Regiones"),
    "audience": N_("Para quién"),
    "direction": N_("Sentido del viaje"),
}
Catalogue = Mapping[str, Mapping[Any, Mapping[str, str]]]  # of axes and regions, the names by their ids
Described = tuple[tuple[str, str], tuple[str, str]]  # (part, key), (name, text)


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], language: str, catalogue: Catalogue | None = None
) -> list[Change]:
    """Return every item that differs between two states of a call, in the order of the later one; gone ones last."""
    named, kept = catalogue or {}, _lines_kept(before.get("tariff") or {}, after.get("tariff") or {})
    old, new = (dict(_described(state, language, named, kept)) for state in (before, after))
    found = []
    for key in (*new, *(key for key in old if key not in new)):
        name = (new.get(key) or old[key])[0]
        was, is_now = old.get(key, ("", ""))[1], new.get(key, ("", ""))[1]
        if was != is_now:
            found.append(Change(_(PARTS[key[0]]), name, tuple(compared(was, is_now))))
    return found


def _lines_kept(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Return the lines that stand in both tariffs with the names they have now: their order is compared by itself."""
    if not before or not after:
        return {}
    ids = {line.id for line in lines_of(before)}
    return {line.id: line.label for line in lines_of(after) if line.id in ids}


def _described(
    state: Mapping[str, Any], language: str, catalogue: Catalogue, lines: Mapping[str, str]
) -> Iterator[Described]:
    for key, name in TEXTS.items():
        yield ("texts", key), (_(name), localised(state.get(key) or {}, language))
    for key, chosen in (state.get("scope") or {}).items():
        if key == "direction":
            yield ("scope", key), (_(SCOPE[key]), _(DIRECTION_LABELS[Direction(chosen)]))
            continue
        for one in chosen:  # each by itself: one that came in or went out says so
            yield ("scope", f"{key} {one}"), (_(SCOPE[key]), _in_scope(key, one, language, catalogue))
    form = state.get("form") or {"sections": ()}
    for section in form["sections"]:
        for item in section["questions"]:
            yield ("questions", item["id"]), (localised(item["label"], language), _question(item, language))
    for rule in (state.get("eligibility") or {}).get("rules", ()):
        text = localised(rule["reason"], language)
        yield ("requirements", rule["id"]), (text, _requirement(text, rule, form))
    yield from _tariff(state.get("tariff") or {}, form, lines)
    yield from _terms(state)


def _in_scope(key: str, one: Any, language: str, catalogue: Catalogue) -> str:
    if key == "audience":
        return _(AUDIENCE_LABELS[Audience(one)])
    return localised(catalogue.get(key, {}).get(one) or {}, language) or str(one)


def _terms(state: Mapping[str, Any]) -> Iterator[Described]:
    # Moments are kept as the city's own date and hour.
    if cap := state.get("cap"):
        yield ("cap", "cap"), (_(CAP), _amount(cap["cents"], cap["currency"]))
    calendar = state.get("calendar") or {}
    for key, name in MOMENTS.items():
        if typed := calendar.get(key):
            hour = f", {typed[11:19]}" if len(typed) > 10 else ""
            yield ("calendar", key), (_(name), f"{spoken_day(date.fromisoformat(typed[:10]))}{hour}")
    if "appeal_days" in calendar:
        yield ("calendar", "appeal_days"), (_("Días para inconformarse"), str(calendar["appeal_days"]))
    if sha256 := state.get("rulebook"):
        yield ("rulebook", "rulebook"), (_(RULES), _("huella %(start)s…", start=sha256[:12]))


def _requirement(text: str, rule: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    # What the machine compares beside its explanation: where it changed it shows, even if the words stayed.
    return f"{text} ({spoken(rule, form)})"


def _question(item: Mapping[str, Any], language: str) -> str:
    lines = [localised(item["label"], language), localised(item.get("hint") or {}, language)]
    lines.append(_("Obligatoria.") if item.get("required") else _("Opcional."))
    lines.append(_("La leen quienes evalúan.") if item.get("blind") is True else _("No la ven quienes evalúan."))
    if item.get("max_words"):
        lines.append(_("Hasta %(count)s palabras.", count=item["max_words"]))
    lines += [f"– {localised(option['label'], language)}" for option in item.get("options", ())]
    return "\n".join(line for line in lines if line)


def _tariff(tariff: Mapping[str, Any], form: Mapping[str, Any], kept: Mapping[str, str]) -> Iterator[Described]:
    if not tariff:
        return
    order = "\n".join(kept[line.id] for line in lines_of(tariff) if line.id in kept)
    yield ("tariff", "order"), (_("Orden de los renglones"), order)
    for row in published(tariff, form):
        yield ("tariff", row.key), (row.label, f"{row.label}: {format_money(row.amount)}")
    for stay in tariff.get("stays", ()):
        yield ("tariff", f"stay {stay['min_people']}"), (_("Cuánto puede durar el viaje"), _stay(stay))


def _stay(stay: Mapping[str, Any]) -> str:
    days = {"least": stay["min_days"], "most": stay["max_days"]}
    if stay["max_people"] == 1:
        return _("Una persona: de %(least)s a %(most)s días.", **days)
    people = {"few": stay["min_people"], "many": stay["max_people"]}
    return _("Grupos de %(few)s a %(many)s personas: de %(least)s a %(most)s días.", **people, **days)


def _amount(cents: int, currency: str) -> str:
    return format_money(Money(cents, currency))
