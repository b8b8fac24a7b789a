"""What reviewers write beside their scores."""

from random import Random

# For each criterion: what is said of strong, middling and weak proposals, and how a sentence like that goes on.
OPENINGS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "calidad": (
        ("La idea está bien planteada y el método se explica paso a paso.",
         "Es original y se apoya en trabajo previo que se puede comprobar."),
        ("El objetivo es claro, aunque el método se cuenta a grandes rasgos.",
         "La propuesta es sólida en la idea y más floja en cómo se hará."),
        ("Falta decir cómo se llega a lo que se promete.",
         "El planteamiento mezcla varias ideas y no desarrolla ninguna."),
    ),
    "impacto": (
        ("Lo que vuelve a la ciudad es concreto y queda en manos de un barrio.",
         "El beneficio tiene lugar, fecha y responsables."),
        ("El beneficio está descrito, pero depende de apoyos sin confirmar.",
         "Se entiende qué vuelve, no tanto a cuántas personas llega."),
        ("Promete mucho y da pocas señas de a quién llegaría.",
         "El beneficio para la ciudad se menciona en una línea y no se explica."),
    ),
    "viabilidad": (
        ("Las fechas, la invitación y el presupuesto concuerdan entre sí.",
         "El plan de trabajo cabe en los días de la estancia."),
        ("El calendario es apretado, aunque quien recibe tiene experiencia.",
         "Es posible hacerlo, con poco margen si algo se retrasa."),
        ("El itinerario no deja tiempo para lo que se propone hacer.",
         "La invitación no menciona el espacio ni los materiales que harían falta."),
    ),
    "alcance": (
        ("Llega a personas que no suelen tener estas oportunidades.",
         "Abre la puerta a quienes nunca han salido del país."),
        ("Amplía un grupo que ya existe y suma a algunas personas nuevas.",
         "Incluye a públicos distintos, sin decir cómo los convocará."),
        ("Se queda en el círculo de siempre; falta una forma de abrirlo.",
         "No se ve a quién incluye además de quienes viajan."),
    ),
}  # fmt: skip
ENDINGS: tuple[tuple[str, ...], ...] = (
    ("Los anexos lo confirman.", "Es de lo mejor que leí en este eje.", "No encuentro dudas que pesen."),
    ("Con un párrafo más habría subido.", "Los anexos ayudan en parte.", "Lo considero suficiente."),
    ("Los anexos no lo resuelven.", "Conviene rehacerlo y volver a presentarlo.", "Con lo escrito no puedo dar más."),
)
CRITERIA: tuple[str, ...] = tuple(OPENINGS)


def reason(chance: Random, criterion: str, value: int) -> str:
    """Return what a reviewer writes beside a score from one to five."""
    level = 0 if value >= 4 else 1 if value == 3 else 2
    return f"{chance.choice(OPENINGS[criterion][level])} {chance.choice(ENDINGS[level])}"
