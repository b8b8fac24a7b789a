"""Two invented dossiers to learn the scale on, for any rulebook: one strong, one weak. Nobody wrote them to apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.rulebook import Criterion, Rulebook

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented dossier; `level` of the scale, from 0 to 1, is what each criterion deserves, `others` the rest."""

    heading: Text
    summary: Text
    body: Text
    levels: Mapping[str, Fraction]
    others: Fraction
    reasons: Mapping[str, Text]


GENERIC: Text = {
    "es": "El comité lo discutió y acordó este valor porque lo escrito corresponde a su descriptor.",
    "en": "The committee discussed it and agreed on this value because the text matches its descriptor.",
}
SAMPLES = (
    Sample(
        heading={"es": "Bordar el agua: taller de ida y vuelta", "en": "Embroidering water: a workshop both ways"},
        summary={
            "es": "Un colectivo de bordado pasa doce días en un centro textil de Oporto y vuelve con cuatro talleres "
            "abiertos en dos barrios del sur de la ciudad.",
            "en": "An embroidery collective spends twelve days at a textile centre in Porto and comes back with four "
            "open workshops in two neighbourhoods of the city's south.",
        },
        body={
            "es": "Hay carta de invitación con fechas, un programa día por día y un presupuesto con tres cotizaciones. "
            "Los talleres de regreso ya tienen sede, horario y lista de vecinas inscritas. El texto dice qué "
            "técnica se aprende y por qué no se enseña aquí. No dice cómo se va a medir lo aprendido.",
            "en": "There is an invitation with dates, a programme day by day and a budget with three quotations. The "
            "workshops on return have a place, a timetable and a list of neighbours enrolled. The text says which "
            "technique is learnt and why nobody teaches it here. It does not say how what is learnt will be measured.",
        },
        levels={
            "calidad": Fraction(4, 5),
            "impacto": Fraction(1),
            "viabilidad": Fraction(4, 5),
            "alcance": Fraction(1),
        },
        others=Fraction(4, 5),
        reasons={
            "calidad": {
                "es": "La idea es clara y propia, y explica qué técnica falta aquí; le falta decir cómo medirá lo "
                "aprendido, y por eso no llega al máximo.",
                "en": "The idea is clear and its own, and explains which technique is missing here; it lacks how what "
                "is learnt will be measured, so it is not the highest.",
            },
            "impacto": {
                "es": "Los talleres de regreso tienen sede, horario y personas inscritas: lo que vuelve a la ciudad "
                "está comprobado, no prometido.",
                "en": "The workshops on return have a place, a timetable and people enrolled: what comes back to the "
                "city is proved, not promised.",
            },
            "viabilidad": {
                "es": "Invitación con fechas, programa y cotizaciones; no prevé nada si el centro cambia las fechas.",
                "en": "Invitation with dates, programme and quotations; nothing is foreseen if the dates move.",
            },
            "alcance": {
                "es": "Llega a vecinas que nunca han tenido un intercambio y las nombra como participantes.",
                "en": "It reaches neighbours who never had an exchange and counts them as participants.",
            },
        },
    ),
    Sample(
        heading={"es": "Gira de presentaciones", "en": "A tour of presentations"},
        summary={
            "es": "Seis presentaciones en cuatro países en quince días para dar a conocer un proyecto.",
            "en": "Six presentations in four countries in fifteen days to make a project known.",
        },
        body={
            "es": "Se mencionan seis ciudades sin fechas ni sedes confirmadas. El presupuesto es una sola cantidad. "
            "Dice que la gira tendrá gran impacto en la cultura de la ciudad y que habrá una plática al volver.",
            "en": "Six cities are named without dates or confirmed venues. The budget is one single amount. It says "
            "the tour will have a great impact on the city's culture and that there will be a talk on return.",
        },
        levels={"calidad": Fraction(2, 5)},
        others=Fraction(1, 5),
        reasons={
            "calidad": {
                "es": "Se entiende qué quiere hacer y no por qué así: no dice qué presenta ni a quién.",
                "en": "One understands what it wants to do, not why this way: it says neither what nor to whom.",
            },
            "impacto": {
                "es": "«Gran impacto» es una afirmación sin sustento; la plática no tiene sede ni público.",
                "en": "“A great impact” is a claim without support; the talk has no place and no audience.",
            },
            "viabilidad": {
                "es": "Sin fechas, sin sedes y con una sola cantidad no se puede juzgar si alcanza.",
                "en": "Without dates or venues, and with one amount, nobody can judge whether it can be done.",
            },
            "alcance": {
                "es": "No nombra a ninguna persona ni lugar fuera de los circuitos de siempre.",
                "en": "It names no person or place outside the usual circuits.",
            },
        },
    ),
)


def agreed_value(criterion: Criterion, sample: Sample) -> Fraction:
    """Return the score of a criterion's own scale that a sample deserves."""
    values = criterion.values()
    level = sample.levels.get(criterion.id, sample.others)
    if criterion.lower_is_better:
        level = 1 - level
    return values[round(level * (len(values) - 1))]


def agreement(rules: Rulebook, sample: Sample) -> dict[str, tuple[Fraction, Text]]:
    """Return what a committee would agree on for a sample, by criterion, with the reason in both languages."""
    return {one.id: (agreed_value(one, sample), sample.reasons.get(one.id, GENERIC)) for one in rules.criteria}
