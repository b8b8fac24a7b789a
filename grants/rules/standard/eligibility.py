"""The requirements most calls start from."""

from typing import Any

from grants.rules.earlier_awards import YEARS
from grants.rules.eligibility import FORMAT as ELIGIBILITY_FORMAT
from grants.rules.standard.words import Document, text


def standard_eligibility() -> Document:
    """Return the rules of eligibility most calls use."""

    def rule(rule_id: str, test: tuple[str, str, Any], question: Document, reason: Document) -> Document:
        fact, operator, value = test
        return {
            "id": rule_id,
            "fact": fact,
            "operator": operator,
            "value": value,
            "question": question,
            "reason": reason,
        }

    return {
        "format": ELIGIBILITY_FORMAT,
        "rules": [
            rule(
                "residence",
                ("lives_in_city", "is", True),
                text("¿Vives en la ciudad?", "Do you live in the city?"),
                text("Hay que vivir en la ciudad.", "You must live in the city."),
            ),
            rule(
                "age",
                ("adult", "is", True),
                text("¿Tienes 18 años o más?", "Are you 18 or older?"),
                text("Hay que tener 18 años cumplidos.", "You must be at least 18."),
            ),
            rule(
                "wait",
                ("previous_award", "is", False),
                text(
                    "¿Recibiste apoyo de este fondo en los últimos dos años?",
                    "Did you receive support from this fund in the last two years?",
                ),
                text(
                    "Quien ya recibió apoyo espera dos años, para que alcance a más personas.",
                    "Past grantees wait two years, so that support reaches more people.",
                ),
            )
            | {"years": YEARS},
            rule(
                "stay",
                ("days", "at_least", 7),
                text("¿Cuántos días durará tu viaje?", "How many days will your journey last?"),
                text("El viaje dura siete días o más.", "The journey lasts seven days or more."),
            ),
        ],
    }
