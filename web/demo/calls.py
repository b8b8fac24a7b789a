"""The four calls of the demo: one awarded, one just closed, one open, one in consultation."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import end_of_day
from core.database import session
from core.settings import setting
from grants import services as grants
from grants.models import Call
from grants.rules.standard import standard_eligibility, standard_form, standard_tariff
from treasury import services as treasury
from web.demo.calendar import office_hours
from web.demo.story import Chapter, Story
from web.demo.trust_year import rate_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call is and when it happens."""

    slug: str
    spanish: str
    english: str
    summary_es: str
    summary_en: str
    axes: tuple[int, ...]
    consulted_on: date
    opens_on: date
    closes_at: datetime
    results_on: date
    budget: tuple[tuple[str, int], ...] = ()


BODY: Mapping[str, str] = {
    "es": "Apoyamos viajes de trabajo de la ciudad hacia el mundo y del mundo hacia la ciudad. El monto no se cotiza: se "
    "calcula con la tarifa publicada, que sigue la del programa Culture Moves Europe 2025–26, al tipo de cambio fijado "
    "en la publicación. Quienes evalúan no saben quién solicita. Las reglas, la tarifa y el calendario quedan fijos al "
    "publicarse; solo pueden extender el plazo.",
    "en": "We support working journeys from the city to the world and from the world to the city. No quotes are needed: "
    "the published tariff works out the amount, following Culture Moves Europe 2025–26 at the exchange rate fixed on "
    "publication. Reviewers do not know who applies. Rules, tariff and calendar are fixed once published; only the "
    "deadline may be extended.",
}
AFTER_CONSULTATION: Mapping[str, str] = {
    "es": "Se aceptan invitaciones en portugués y francés con un resumen en español de una página. Los grupos pueden "
    "sumar otra fuente de dinero.",
    "en": "Invitations in Portuguese and French are accepted with a summary of one page in Spanish. Groups may add "
    "another source of money.",
}


def plans(story: Story) -> dict[str, Plan]:
    """Return the calls' plans, the awarded one first."""
    year = story.year
    return {
        "awarded": Plan(
            f"movilidad-{year.day(0).year}-1",
            f"Movilidad internacional {year.day(0).year}: primera convocatoria",
            f"International mobility {year.day(0).year}: first call",
            "Viajes de artistas, estudiantes, investigadoras y talleres, con la tarifa publicada.",
            "Journeys by artists, students, researchers and workshops, at the published tariff.",
            (1, 2, 3, 4, 5),
            year.day(-130),
            year.day(-100),
            end_of_day(year.day(-50)),
            year.day(8),
            (("puentes-europa", 120_000), ("movilidad", 980_000)),
        ),
        "closed": Plan(
            f"investigar-fuera-{year.today.year}",
            "Investigar fuera: estancias cortas",
            "Research abroad: short stays",
            "Estancias de 7 a 60 días para tesis e investigación en archivos y laboratorios del extranjero.",
            "Stays of 7 to 60 days for theses and research in archives and laboratories abroad.",
            (3, 4),
            year.today - timedelta(days=75),
            year.today - timedelta(days=40),
            year.closed_call_closed,
            year.today + timedelta(days=60),
            (("movilidad", 200_000),),
        ),
        "open": Plan(
            f"movilidad-{year.today.year}-2",
            f"Movilidad internacional {year.today.year}: segunda convocatoria",
            f"International mobility {year.today.year}: second call",
            "Para quienes crean, estudian, investigan o emprenden y tienen una invitación fuera del país.",
            "For those who create, study, research or trade and hold an invitation abroad.",
            (1, 2, 3, 4, 5),
            year.today - timedelta(days=55),
            year.today - timedelta(days=14),
            year.open_call_closes,
            year.today + timedelta(days=90),
            (("movilidad", 300_000),),
        ),
        "consultation": Plan(
            f"festivales-{year.today.year + 1}",
            "Festivales que cruzan fronteras",
            "Festivals that cross borders",
            "Borrador en consulta: intercambio entre festivales de barrio de la ciudad y del extranjero.",
            "Draft in consultation: exchange between neighbourhood festivals here and abroad.",
            (1, 2),
            year.today - timedelta(days=6),
            year.today + timedelta(days=40),
            end_of_day(year.today + timedelta(days=80)),
            year.today + timedelta(days=150),
        ),
    }


def write_call(story: Story, plan: Plan) -> Generator[datetime, None, Call]:
    """Draft a call with its form, tariff, eligibility and rulebook, and put it to public consultation."""
    yield office_hours(plan.consulted_on)
    rate = rate_of("EUR", plan.consulted_on)
    title = {"es": plan.spanish, "en": plan.english}
    cap = story.money(150_000)
    with story.acting("programa"):
        call = grants.draft_call(
            slug=plan.slug,
            title=title,
            summary={"es": plan.summary_es, "en": plan.summary_en},
            body=BODY,
            axes=sorted({story.axis(one) for one in plan.axes}),
            regions=[region["id"] for region in setting("REGIONS")],
            audience=["artists", "students", "researchers", "small_firms", "festivals"],
            direction="outbound",
            cap_per_award=cap,
            form=standard_form(
                setting("AXES"),
                setting("TERRITORIES"),
                home_country=setting("COUNTRY"),
                territory=setting("TERRITORY_LABEL"),
            ),
            tariff=standard_tariff(
                {
                    "base": rate.base,
                    "quote": rate.quote,
                    "value": rate.value,
                    "date": rate.date.isoformat(),
                    "source": rate.source,
                }
            ),
            eligibility=standard_eligibility(),
            opens_at=office_hours(plan.opens_on, 9),
            closes_at=plan.closes_at,
            results_on=plan.results_on,
        )
        grants.set_rulebook(call, rulebook(story, call))
        grants.open_consultation(call, end_of_day(plan.consulted_on + timedelta(days=16)))
    session().commit()
    return call


def rulebook(story: Story, call: Call) -> dict[str, object]:
    """Return the call's rulebook: the usual one, with loads that fit how many apply."""
    document = grants.starting_rules(call)
    document["reviews"]["max_load"] = 25 if story.scale == 1 else 60
    return document


def consult(story: Story, call: Call, plan: Plan, *, answered: bool) -> Chapter:
    """Let two people comment on the draft; answer each in public when `answered`."""
    comments = (
        ("Pido que se acepten invitaciones en portugués y francés sin traducción oficial.", "accepted"),
        ("El tope por apoyo es bajo para grupos de más de cinco personas.", "partly"),
    )
    answers = {
        "accepted": "De acuerdo: basta un resumen en español de una página.",
        "partly": "El tope sigue igual, y los grupos pueden sumar otra fuente de dinero.",
    }
    made = []
    for number, (text, verdict) in enumerate(comments):
        yield office_hours(plan.consulted_on + timedelta(days=3 + number), 18)
        name, _gender = story.crowd.name()
        made.append((grants.comment_on_draft(call, story.crowd.person(name), text), verdict))
    if answered:
        yield office_hours(plan.consulted_on + timedelta(days=18))
        with story.acting("programa"):
            for comment, verdict in made:
                grants.answer_comment(comment, verdict, answers[verdict])
            # What was accepted is in the final text: the comparison of the two shows it.
            grants.edit_call(call, body={code: f"{text}\n\n{AFTER_CONSULTATION[code]}" for code, text in BODY.items()})
    session().commit()


def publish(story: Story, call: Call, plan: Plan) -> Chapter:
    """Allocate the budget fund by fund, publish, and open on the day."""
    yield office_hours(plan.consulted_on + timedelta(days=20))
    with story.acting("tesoreria"):
        treasury.allocate_budget(
            call, [(story.funds[code], story.money(pesos * story.scale)) for code, pesos in plan.budget]
        )
    with story.acting("programa"):
        grants.publish_call(call)
    yield office_hours(plan.opens_on, 9, 1)
    grants.advance_calls()
    session().commit()
