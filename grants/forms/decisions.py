"""How it is decided: who reads, when another is called, what is enough, how sessions vote, how money and lot go."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.validators import Optional

from core.clock import local
from core.forms import CityDateTimeField, MoneyField, PuenteForm, choices
from core.language import N_, _, lazy
from core.money import Money
from grants.forms.rulebook import both, decimal, fraction, long_text, short_text, shortest, whole
from grants.forms.subscriptions import AtLeastOne, ManyField
from scoring.rules.rulebook import moment, plain
from scoring.states import CONFLICT_LABELS, ConflictKind

DATES = ("review_opens", "review_closes")


class DecisionForm(PuenteForm):
    """How many read each dossier, when another is called, what is enough, how sessions vote, how money and lot go."""

    title_es, title_en = short_text(N_("Título en español")), short_text(N_("Título en inglés"))
    threshold = decimal(N_("Mínimo total"), required=False)
    decimals = whole(N_("Decimales de la calificación oficial"), 0, 6)
    better = RadioField(lazy(N_("Gana la calificación")), validate_choice=False)
    per_application = whole(N_("Personas que evalúan cada expediente"), 1, 15)
    max_load = whole(N_("Expedientes por persona, como máximo"), 1, 1000)
    min_load = whole(N_("Expedientes por persona, como mínimo"), 0, 1000)
    one_per_institution = BooleanField(lazy(N_("Una sola persona de cada institución por expediente")))
    min_characters = whole(N_("Justificación: caracteres como mínimo"), 1, 2000)
    max_characters = whole(N_("Justificación: caracteres como máximo"), 1, 10000)
    conflicts = ManyField(
        lazy(N_("Conflictos de interés que se declaran")),
        [AtLeastOne(N_("Elige al menos uno."))],
        validate_choice=False,
    )
    measure = RadioField(lazy(N_("Diferencia entre evaluaciones que se mide")), validate_choice=False)
    spread_limit = decimal(N_("Puntos de diferencia que llaman a otra persona"))
    split_verdict = BooleanField(lazy(N_("También se llama a otra persona si unas lo aprobarían y otras no")))
    further_reviewers = whole(N_("Personas adicionales, como máximo"), 0, 5)
    quorum_percent = whole(N_("Quórum: por ciento de quienes se convocan"), 1, 100, required=False)
    tie = RadioField(lazy(N_("Si una votación empata")), validate_choice=False)
    signature_days = whole(N_("Días para firmar el acta"), 1, 90, required=False)
    cap = MoneyField(lazy(N_("Tope por apoyo")), [Optional()])
    skip_rule = RadioField(lazy(N_("Si el presupuesto no alcanza para el siguiente")), validate_choice=False)
    waiting_list = whole(N_("Lugares en la lista de espera"), 0, 10000, required=False)
    source_es, source_en = (
        long_text(N_("Fuente de azar, en español"), 1_000),
        long_text(N_("Fuente de azar, en inglés"), 1_000),
    )
    iterations = whole(N_("Veces que se encadena la huella del secreto"), 2, 1000)
    justifications = RadioField(lazy(N_("Quién lee las justificaciones")), validate_choice=False)

    scores = RadioField(lazy(N_("Qué calificaciones se publican")), validate_choice=False)
    review_opens = CityDateTimeField(lazy(N_("Empieza la evaluación")), [Optional()])
    review_closes = CityDateTimeField(lazy(N_("Termina la evaluación")), [Optional()])

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "DecisionForm":
        """Return the form of a rulebook's provisions."""
        reviews, spread, selection = document["reviews"], document["discrepancy"], document["selection"]
        sessions, cap = document.get("sessions", {}), selection["cap_per_award_cents"]
        told = {
            **{f"title_{one}": document["title"].get(one, "") for one in ("es", "en")},
            "decimals": int(document["score"]["decimals"]),
            "quorum_percent": int(sessions["quorum_percent"]) if "quorum_percent" in sessions else None,
            "tie": sessions.get("tie", "not_carried"),
            "signature_days": sessions.get("signature_days"),
            "cap": None if cap is None else Money(cap, selection["currency"]),
            "iterations": document["lot"]["iterations"],
            "threshold": document["score"]["threshold"] or "",
            "better": document["criteria"][0]["scale"]["better"],
            **{name: reviews[name] for name in ("per_application", "max_load", "min_load", "one_per_institution")},
            **reviews["justification"],
            "conflicts": document["conflicts"],
            **{name: spread[name] for name in ("measure", "spread_limit", "split_verdict", "further_reviewers")},
            "skip_rule": selection["skip_rule"],
            "waiting_list": selection.get("waiting_list"),
            "source_es": document["lot"]["randomness_source"]["es"],
            "source_en": document["lot"]["randomness_source"].get("en", ""),
            **document["publication"],
            **{name: moment(document.get("calendar", {}).get(name)) for name in DATES},
        }
        built = cls(data=told)
        built.cap.currency = selection["currency"]
        built.offer()
        return built

    def offer(self) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.better.choices = choices([("higher", _("Más alta")), ("lower", _("Más baja"))])
        self.conflicts.choices = choices((kind.value, _(CONFLICT_LABELS[kind])) for kind in ConflictKind)
        self.measure.choices = choices([("total", _("En el total")), ("criterion", _("En algún criterio"))])
        self.tie.choices = choices(
            [("not_carried", _("La propuesta no se aprueba")), ("chair", _("Decide el voto de quien preside"))]
        )
        self.skip_rule.choices = choices(
            [
                ("skip", _("Se pasa al siguiente que sí cabe")),
                ("stop", _("Se detiene ahí")),
                ("partial", _("Se le ofrece lo que queda y se detiene")),
            ]
        )
        self.justifications.choices = choices(
            [("to_applicant", _("Solo quien solicitó")), ("public", _("Cualquiera, sin nombres"))]
        )
        self.scores.choices = choices(
            [("pseudonymous", _("Cada una, con códigos y letras")), ("totals", _("Solo la calificación oficial"))]
        )

    def changed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with these provisions; what the page does not ask stays as it was."""
        criteria = [{**one, "scale": {**one["scale"], "better": self.better.data}} for one in document["criteria"]]
        score = {"threshold": shortest(self.threshold.data), "decimals": self.decimals.data}
        cap = self.cap.data
        found = {
            **document,
            "title": both(self, "title"),
            "criteria": criteria,
            "score": {**document["score"], **score},
            "reviews": {
                **document["reviews"],
                "per_application": self.per_application.data,
                "max_load": self.max_load.data,
                "min_load": self.min_load.data,
                "one_per_institution": bool(self.one_per_institution.data),
                "justification": {
                    "min_characters": self.min_characters.data,
                    "max_characters": self.max_characters.data,
                },
            },
            "conflicts": list(self.conflicts.data or []),
            "discrepancy": {
                **document["discrepancy"],
                "measure": self.measure.data,
                "spread_limit": plain(fraction(self.spread_limit.data)),
                "split_verdict": bool(self.split_verdict.data),
                "further_reviewers": self.further_reviewers.data,
            },
            "selection": {
                **document["selection"],
                "cap_per_award_cents": cap.amount_cents if isinstance(cap, Money) else None,
                "skip_rule": self.skip_rule.data,
                "waiting_list": self.waiting_list.data,
            },
            "lot": {
                **document["lot"],
                "iterations": self.iterations.data,
                "randomness_source": both(self, "source"),
            },
            "publication": {"scores": self.scores.data, "justifications": self.justifications.data},
            "sessions": self._sessions(),
            "calendar": self._calendar(),
        }
        return {key: part for key, part in found.items() if part or key not in ("sessions", "calendar")}

    def _calendar(self) -> dict[str, str]:
        """Return when reviewers review, where the rules fix it."""
        return {name: local(self[name].data).isoformat() for name in DATES if self[name].data is not None}

    def _sessions(self) -> dict[str, Any]:
        """Return what the rules say of sessions; nothing where they leave everything to the usual rule."""
        found: dict[str, Any] = {}
        if self.quorum_percent.data is not None:
            found["quorum_percent"] = str(self.quorum_percent.data)
        if found or self.tie.data != "not_carried":
            found["tie"] = self.tie.data
        if self.signature_days.data is not None:
            found["signature_days"] = self.signature_days.data
        return found
