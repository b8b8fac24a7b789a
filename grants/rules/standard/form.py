"""The form most calls start from."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.rules.eligibility import ELSEWHERE
from grants.rules.form import FORMAT as FORM_FORMAT
from grants.rules.standard.words import Document, text

GENDERS: tuple[tuple[str, str, str], ...] = (
    ("woman", "Mujer", "Woman"),
    ("man", "Hombre", "Man"),
    ("nonbinary", "No binaria", "Non-binary"),
    ("unsaid", "Prefiero no decirlo", "I prefer not to say"),
)


def _ask(question_id: str, kind: str, es: str, en: str, **more: Any) -> Document:
    # Identifying unless marked otherwise: a question somebody forgot to judge is kept from reviewers.
    return {"id": question_id, "type": kind, "label": text(es, en), "required": True, "blind": False, **more}


def standard_form(
    axes: Sequence[Mapping[str, Any]],
    territories: Sequence[str],
    *,
    home_country: str,
    territory: Mapping[str, str],
) -> Document:
    """Return the form most calls use: who applies, the project, the journey, the money, the papers.

    `home_country` is where journeys leave from or come to, `territory` what a part of the city is called.
    """
    return {
        "format": FORM_FORMAT,
        "home_country": home_country,
        "sections": [
            _who(territories, territory),
            _project(axes),
            {
                "id": "itinerario",
                "kind": "itinerary",
                "title": text("Itinerario", "Itinerary"),
                "why": text(
                    "Con las ciudades y las fechas calculamos los días y la distancia del viaje.",
                    "Cities and dates tell us the days and the distance of the journey.",
                ),
                "questions": [],
            },
            _money(),
            _papers(),
        ],
    }


def _who(territories: Sequence[str], territory: Mapping[str, str]) -> Document:
    places = [{"value": name, "label": text(name, name)} for name in territories]
    places.append({"value": ELSEWHERE, "label": text("Vivo fuera de la ciudad", "I live outside the city")})
    return {
        "id": "quien",
        "kind": "questions",
        "title": text("Quién solicita", "Who applies"),
        "why": text(
            "Quienes evalúan no ven estos datos. Sirven para revisar los requisitos y para las cifras de equidad.",
            "Reviewers do not see this. It serves to check the requirements and for figures on equity.",
        ),
        "questions": [
            _ask(
                "public_name",
                "line",
                "Nombre con el que se publicaría el apoyo",
                "Name under which the award would be published",
                hint=text(
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
                hint=text(
                    "Nombre y función de cada persona, una por línea.", "Each person's name and role, one a line."
                ),
            ),
            _ask(
                "alcaldia",
                "choice",
                f"{territory['es']} donde vives",
                f"{territory['en']} where you live",
                options=places,
            ),
            _ask(
                "gender",
                "choice",
                "Género",
                "Gender",
                kinds=["person"],
                options=[{"value": value, "label": text(es, en)} for value, es, en in GENDERS],
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
        "title": text("El proyecto", "The project"),
        "why": text(
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
                hint=text("Qué harás, dónde y con quién.", "What you will do, where and with whom."),
                example=text(
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
                hint=text(
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
        "title": text("Presupuesto", "Budget"),
        "why": text(
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
                hint=text("Por discapacidad; no pedimos diagnóstico.", "For a disability; we ask for no diagnosis."),
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
        "title": text("Documentos", "Documents"),
        "why": text(
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
                hint=text("Quienes evalúan sí la ven.", "Reviewers do see it."),
            ),
            _ask("identity", "file", "Identificación oficial", "Official identification", required=False),
        ],
    }
