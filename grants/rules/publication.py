"""What a call needs before it can be published, in plain words, and what exactly is frozen then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.language import N_, _
from grants.rules.deadlines import is_before_closing

# What people are asked about in a consultation: without it there is nothing to comment.
CONSULTED = ("texts", "scope", "form", "eligibility")


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist: whether it is done, what it asks for, and where in the editor it is mended."""

    id: str
    done: bool
    sentence: str
    section: str | None

    def text(self) -> str:
        """Return the sentence in the reader's language."""
        return _(self.sentence)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The facts the checklist judges. Amounts in cents of the call's currency."""

    texts: tuple[Mapping[str, str], ...]
    axes: bool
    regions: bool
    audience: bool
    consultation_closes_at: datetime | None
    unanswered_comments: int
    opens_at: datetime | None
    closes_at: datetime | None
    has_results_date: bool
    form_faults: tuple[str, ...]
    tariff_faults: tuple[str, ...]
    eligibility_faults: tuple[str, ...]
    has_rulebook: bool
    without_envelope: tuple[str, ...]
    budget_cents: int | None
    cap_cents: int


def checklist(facts: Readiness, moment: datetime) -> tuple[CheckItem, ...]:
    """Return every requirement in the order a clerk meets them."""
    consulted = facts.consultation_closes_at is not None
    over = facts.consultation_closes_at is not None and not is_before_closing(facts.consultation_closes_at, moment)
    ordered = facts.opens_at is not None and facts.closes_at is not None and facts.opens_at < facts.closes_at
    ahead = ordered and facts.closes_at is not None and facts.closes_at > moment
    budget = facts.budget_cents
    both = all(text.get("es", "").strip() and text.get("en", "").strip() for text in facts.texts)
    rows = (
        ("texts", both, N_("Título, resumen y bases en español y en inglés."), "textos"),
        (
            "scope",
            facts.axes and facts.regions and facts.audience,
            N_("Al menos un eje, una región y un público."),
            "alcance",
        ),
        ("calendar", ordered, N_("Apertura y cierre con fecha y hora, en ese orden."), "calendario"),
        ("ahead", ahead, N_("El cierre todavía no pasa."), "calendario"),
        ("results", facts.has_results_date, N_("Fecha de resultados, después del cierre."), "calendario"),
        ("form", not facts.form_faults, N_("Formulario completo, con itinerario."), "preguntas"),
        ("tariff", not facts.tariff_faults, N_("Tarifa con su fuente y su tipo de cambio."), "apoyo"),
        (
            "eligibility",
            not facts.eligibility_faults,
            N_("Al menos una regla para participar, en los dos idiomas."),
            "elegibilidad",
        ),
        ("rulebook", facts.has_rulebook, N_("Reglas de evaluación fijadas."), "reglas"),
        (
            "envelopes",
            not facts.without_envelope,
            N_("Si las reglas dividen el presupuesto, cada eje o región de la convocatoria tiene su bolsa."),
            "reglas",
        ),
        ("consultation", consulted, N_("Las reglas salieron a consulta pública."), None),
        ("over", over, N_("La consulta pública ya cerró."), None),
        (
            "answers",
            consulted and not facts.unanswered_comments,
            N_("Todos los comentarios tienen respuesta pública."),
            None,
        ),
        ("budget", budget is not None, N_("Tesorería asignó el presupuesto."), None),
        (
            "cap",
            budget is not None and facts.cap_cents <= budget,
            N_("El tope por apoyo cabe en el presupuesto."),
            "apoyo",
        ),
    )
    return tuple(CheckItem(item_id, bool(done), sentence, section) for item_id, done, sentence, section in rows)


def frozen_content(
    *,
    slug: str,
    version: int,
    texts: Mapping[str, Mapping[str, str]],
    scope: Mapping[str, Any],
    calendar: Mapping[str, str | int],
    money: Mapping[str, int | str],
    documents: Mapping[str, Any],
    rulebook_sha256: str,
) -> dict[str, Any]:
    """Return the document whose canonical form is hashed at publication: all that decides who gets what, and when."""
    return {
        "format": "puente-call/1",
        "slug": slug,
        "version": version,
        "texts": dict(texts),
        "scope": dict(scope),
        "calendar": dict(calendar),
        "money": dict(money),
        **documents,
        "rulebook_sha256": rulebook_sha256,
    }
