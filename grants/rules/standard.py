"""Documents to start a call from: a form, rules of eligibility and a tariff, complete and in two languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.rules.eligibility import ELSEWHERE
from grants.rules.eligibility import FORMAT as ELIGIBILITY_FORMAT
from grants.rules.form import FORMAT as FORM_FORMAT
from grants.rules.tariff import FORMAT as TARIFF_FORMAT

Document = dict[str, Any]
GENDERS: tuple[tuple[str, str, str], ...] = (
    ("woman", "Mujer", "Woman"),
    ("man", "Hombre", "Man"),
    ("nonbinary", "No binaria", "Non-binary"),
    ("unsaid", "Prefiero no decirlo", "I prefer not to say"),
)


def _text(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


def _ask(question_id: str, kind: str, es: str, en: str, **more: Any) -> Document:
    # Identifying unless marked otherwise: a question somebody forgot to judge is kept from reviewers.
    return {"id": question_id, "type": kind, "label": _text(es, en), "required": True, "blind": False, **more}


def standard_form(
    axes: Sequence[Mapping[str, Any]], territories: Sequence[str], *, home_country: str = "MX"
) -> Document:
    """Return the form most calls use: who applies, the project, the journey, the money, the papers."""
    return {
        "format": FORM_FORMAT,
        "home_country": home_country,
        "sections": [
            _who(territories),
            _project(axes),
            {
                "id": "itinerario",
                "kind": "itinerary",
                "title": _text("Itinerario", "Itinerary"),
                "why": _text(
                    "Con las ciudades y las fechas calculamos los días y la distancia del viaje.",
                    "Cities and dates tell us the days and the distance of the journey.",
                ),
                "questions": [],
            },
            _money(),
            _papers(),
        ],
    }


def _who(territories: Sequence[str]) -> Document:
    places = [{"value": name, "label": _text(name, name)} for name in territories]
    places.append({"value": ELSEWHERE, "label": _text("Vivo fuera de la ciudad", "I live outside the city")})
    return {
        "id": "quien",
        "kind": "questions",
        "title": _text("Quién solicita", "Who applies"),
        "why": _text(
            "Quienes evalúan no ven estos datos. Sirven para revisar los requisitos y para las cifras de equidad.",
            "Reviewers do not see this. It serves to check the requirements and for figures on equity.",
        ),
        "questions": [
            _ask(
                "public_name",
                "line",
                "Nombre con el que se publicaría el apoyo",
                "Name under which the award would be published",
                hint=_text(
                    "Tu nombre, tu nombre artístico o el del colectivo.", "Your name, stage name or group's name."
                ),
            ),
            _ask(
                "members",
                "text",
                "Quiénes integran el grupo",
                "Members of the group",
                kinds=["collective", "organisation"],
                max_words=150,
                hint=_text(
                    "Nombre y función de cada persona, una por línea.", "Each person's name and role, one a line."
                ),
            ),
            _ask("alcaldia", "choice", "Alcaldía donde vives", "Borough where you live", options=places),
            _ask(
                "gender",
                "choice",
                "Género",
                "Gender",
                kinds=["person"],
                options=[{"value": value, "label": _text(es, en)} for value, es, en in GENDERS],
            ),
            _ask("adult", "yes_no", "¿Tienes 18 años o más?", "Are you 18 or older?"),
            _ask(
                "first_time", "yes_no", "¿Es tu primera solicitud a este fondo?", "Is this your first application here?"
            ),
            _ask(
                "previous_award",
                "yes_no",
                "¿Recibiste apoyo de este fondo en los últimos dos años?",
                "Did you receive support from this fund in the last two years?",
            ),
        ],
    }


def _project(axes: Sequence[Mapping[str, Any]]) -> Document:
    choices = [{"value": str(axis["id"]), "label": dict(axis["name"])} for axis in axes]
    return {
        "id": "proyecto",
        "kind": "questions",
        "title": _text("El proyecto", "The project"),
        "why": _text(
            "Esto es lo que leen quienes evalúan. No escribas aquí tu nombre ni el de tu grupo.",
            "This is what reviewers read. Do not write your name or your group's here.",
        ),
        "questions": [
            _ask("title", "line", "Título del proyecto", "Title of the project", blind=True),
            _ask(
                "summary",
                "text",
                "Resumen",
                "Summary",
                blind=True,
                max_words=120,
                hint=_text("Qué harás, dónde y con quién.", "What you will do, where and with whom."),
                example=_text(
                    "Tres talleres de son jarocho con jóvenes de Marsella y un concierto abierto en el puerto.",
                    "Three son jarocho workshops with young people in Marseille, and an open concert in the port.",
                ),
            ),
            _ask("axis", "choice", "Eje al que pertenece", "Axis it belongs to", blind=True, options=choices),
            _ask(
                "purpose",
                "text",
                "Qué harás y por qué ahora",
                "What you will do, and why now",
                blind=True,
                max_words=300,
            ),
            _ask(
                "benefit",
                "text",
                "Qué gana la ciudad",
                "What the city gains",
                blind=True,
                max_words=200,
                hint=_text(
                    "Lo que vuelve: públicos, barrios, redes, conocimientos.",
                    "What comes back: audiences, neighbourhoods, networks, knowledge.",
                ),
            ),
            _ask("host", "line", "Quién te recibe", "Who hosts you", blind=True),
        ],
    }


def _money() -> Document:
    return {
        "id": "presupuesto",
        "kind": "questions",
        "title": _text("Presupuesto", "Budget"),
        "why": _text(
            "El monto se calcula con la tarifa publicada; no hay que cotizar. Verás cada renglón y su regla.",
            "The published tariff works out the amount; no quotes needed. You will see each line and its rule.",
        ),
        "questions": [
            _ask(
                "people",
                "number",
                "Personas que viajan",
                "People travelling",
                blind=True,
                kinds=["collective", "organisation"],
                min=1,
                max=60,
            ),
            _ask(
                "green",
                "yes_no",
                "¿El viaje principal es por tierra o mar, sin avión?",
                "Is the main journey by land or sea, without flying?",
                blind=True,
            ),
            _ask("visas", "number", "Visas que hay que pagar", "Visas to be paid", blind=True, required=False, max=60),
            _ask("children", "number", "Hijas o hijos que viajan", "Children travelling", required=False, max=60),
            _ask(
                "access_days",
                "number",
                "Días en que alguien necesita apoyo de acceso",
                "Days on which somebody needs access support",
                required=False,
                max=60,
                hint=_text("Por discapacidad; no pedimos diagnóstico.", "For a disability; we ask for no diagnosis."),
            ),
            _ask(
                "other_funding",
                "money",
                "Dinero propio o de otras fuentes",
                "Your own money or other sources",
                blind=True,
                required=False,
            ),
        ],
    }


def _papers() -> Document:
    return {
        "id": "documentos",
        "kind": "questions",
        "title": _text("Documentos", "Documents"),
        "why": _text(
            "Archivos PDF, JPEG o PNG. A quienes evalúan solo les llegan los que decimos, sin datos ocultos.",
            "PDF, JPEG or PNG files. Reviewers only get those that say so, without hidden data.",
        ),
        "questions": [
            _ask("invitation", "file", "Carta de invitación", "Letter of invitation"),
            _ask(
                "portfolio",
                "file",
                "Muestra de trabajo, sin tu nombre",
                "Sample of work, without your name",
                blind=True,
                required=False,
                hint=_text("Quienes evalúan sí la ven.", "Reviewers do see it."),
            ),
            _ask("identity", "file", "Identificación oficial", "Official identification", required=False),
        ],
    }


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
                _text("¿Vives en la ciudad?", "Do you live in the city?"),
                _text("Hay que vivir en alguna alcaldía de la ciudad.", "You must live in one of the city's boroughs."),
            ),
            rule(
                "age",
                ("adult", "is", True),
                _text("¿Tienes 18 años o más?", "Are you 18 or older?"),
                _text("Hay que tener 18 años cumplidos.", "You must be at least 18."),
            ),
            rule(
                "wait",
                ("previous_award", "is", False),
                _text(
                    "¿Recibiste apoyo de este fondo en los últimos dos años?",
                    "Did you receive support from this fund in the last two years?",
                ),
                _text(
                    "Quien ya recibió apoyo espera dos años, para que alcance a más personas.",
                    "Past grantees wait two years, so that support reaches more people.",
                ),
            ),
            rule(
                "stay",
                ("days", "at_least", 7),
                _text("¿Cuántos días durará tu viaje?", "How many days will your journey last?"),
                _text("El viaje dura siete días o más.", "The journey lasts seven days or more."),
            ),
        ],
    }


def standard_tariff(rate: Mapping[str, str]) -> Document:
    """Return the tariff of Culture Moves Europe 2025–26 with the exchange `rate` of the day of publication.

    `rate` has base, quote, value (decimal text), date (ISO) and source.
    """
    return {
        "format": TARIFF_FORMAT,
        "currency": "EUR",
        "source": {
            "name": _text(
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
