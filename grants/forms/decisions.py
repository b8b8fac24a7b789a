"""How it is decided: who reads, when another is called, what is enough, and how the money and the lot go."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, RadioField

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy
from grants.forms.rulebook import both, decimal, fraction, long_text, shortest, whole
from grants.forms.subscriptions import AtLeastOne, ManyField
from scoring.rules.rulebook import plain
from scoring.states import CONFLICT_LABELS, ConflictKind


class DecisionForm(PuenteForm):
    """How many read each dossier, when another is called, what is enough, and how the money and the lot go."""

    threshold = decimal(N_("Mínimo total"), required=False)
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
    skip_rule = RadioField(lazy(N_("Si el presupuesto no alcanza para el siguiente")), validate_choice=False)
    waiting_list = whole(N_("Lugares en la lista de espera"), 0, 10000, required=False)
    source_es, source_en = (
        long_text(N_("Fuente de azar, en español"), 1_000),
        long_text(N_("Fuente de azar, en inglés"), 1_000),
    )
    justifications = RadioField(lazy(N_("Quién lee las justificaciones")), validate_choice=False)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "DecisionForm":
        """Return the form of a rulebook's provisions."""
        reviews, spread, selection = document["reviews"], document["discrepancy"], document["selection"]
        told = {
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
            "justifications": document["publication"]["justifications"],
        }
        built = cls(data=told)
        built.offer()
        return built

    def offer(self) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.better.choices = choices([("higher", _("Más alta")), ("lower", _("Más baja"))])
        self.conflicts.choices = choices((kind.value, _(CONFLICT_LABELS[kind])) for kind in ConflictKind)
        self.measure.choices = choices([("total", _("En el total")), ("criterion", _("En algún criterio"))])
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

    def changed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with these provisions; what the page does not ask stays as it was."""
        criteria = [{**one, "scale": {**one["scale"], "better": self.better.data}} for one in document["criteria"]]
        return {
            **document,
            "criteria": criteria,
            "score": {**document["score"], "threshold": shortest(self.threshold.data)},
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
                "skip_rule": self.skip_rule.data,
                "waiting_list": self.waiting_list.data,
            },
            "lot": {**document["lot"], "randomness_source": both(self, "source")},
            "publication": {**document["publication"], "justifications": self.justifications.data},
        }
