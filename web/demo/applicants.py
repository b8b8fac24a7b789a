"""Those who apply: people, collectives and firms, with drafts, papers, late arrivals and one who withdraws."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from accounts.models import User
from core.context import acting_as
from core.database import session
from core.errors import Refusal
from core.files import StoredFile, store_upload
from core.settings import setting
from grants import services as grants
from grants.models import Application, Call
from rendering.pdf import Block, Document, Facts, Heading, Paragraph, render_pdf
from web.demo.prose import Proposal, group_name, propose
from web.demo.story import Chapter, Story, actor_of

PAPERS = {"invitation": "Carta de invitación", "portfolio": "Trayectoria", "identity": "Identificación"}
FILE_NAMES = {
    "invitation": (
        "Carta de invitación.pdf",
        "invitacion_firmada.pdf",
        "Carta anfitriones.pdf",
        "Invitación final.pdf",
    ),
    "portfolio": (
        "Trayectoria.pdf",
        "Portafolio 2022-2026.pdf",
        "portafolio_obra.pdf",
        "Semblanza y obra reciente.pdf",
    ),
    "identity": ("INE.pdf", "Identificación oficial.pdf", "ine_ambos_lados.pdf", "Pasaporte.pdf"),
}
LATE = 2


@lru_cache(maxsize=512)
def paper(kind: str, host: str, variant: int) -> bytes:
    """Return a believable PDF: an invitation, a portfolio or a proof of identity. Nobody is named in it."""
    text = {
        "invitation": f"{host} invita a la persona o grupo solicitante a una estancia de trabajo, con espacio, "
        "acompañamiento y acceso a su archivo. La invitación está firmada por la coordinación de residencias.",
        "portfolio": "Selección de trabajos de los últimos cuatro años, con fechas y lugares. Las obras se muestran sin "
        "firma para la evaluación a ciegas.",
        "identity": "Copia de identificación para cotejo de la ventanilla. Documento ficticio de demostración.",
    }[kind]
    blocks: list[Block] = [
        Heading(PAPERS[kind]),
        Paragraph(text),
        Facts((("Referencia", f"{kind[:3].upper()}-{variant:04d}"), ("Páginas", "1"))),
    ]
    return render_pdf(Document(title=PAPERS[kind], blocks=blocks, author="", footer_note="Documento de demostración"))


def fill(story: Story, call: Call, user: User, proposal: Proposal, *, gender: str, kind: str = "person") -> Application:
    """Write a whole draft as a person would: answers, itinerary, budget and papers."""
    chance = story.chance
    organisation = None
    if kind != "person":
        parts = setting("TERRITORIES")
        if kind == "collective":
            organisation = story.crowd.organisation(group_name(chance, story.names_taken, parts), "collective", user)
        else:
            organisation = story.crowd.organisation(f"Taller {' y '.join(user.name.split()[-2:])}", "company", user)
    application = grants.start_application(call, user, kind=kind, organisation=organisation)
    departure = (call.results_on or story.year.today) + timedelta(days=chance.randint(40, 120))
    nights = chance.randint(8, 20) if kind == "person" else chance.randint(8, 19)
    grants.save_draft(
        application,
        answers={
            **proposal.answers(),
            **_about(story, user.name, gender, kind, organisation.name if organisation else ""),
        },
        itinerary=[
            {
                "origin_country": setting("COUNTRY"),
                "origin_city": setting("CITY_NAME")["es"],
                "country": proposal.place.country,
                "city": proposal.place.city,
                "starts_on": departure.isoformat(),
                "ends_on": (departure + timedelta(days=nights)).isoformat(),
            }
        ],
        budget={
            "people": 1 if kind == "person" else chance.randint(2, 3),
            "green": "no",
            "visas": chance.choice((0, 0, 1)),
            "children": chance.choice((0, 0, 0, 1)),
            "access_days": 0,
        },
    )
    for question in PAPERS:
        grants.attach_file(application, question, _file(question, proposal, application.id))
    return application


def _about(story: Story, name: str, gender: str, kind: str, group: str) -> dict[str, str]:
    chance = story.chance
    about = {
        "public_name": group or name,
        "alcaldia": chance.choices(setting("TERRITORIES"), weights=range(len(setting("TERRITORIES")), 0, -1))[0],
        "adult": "yes",
        "first_time": "yes" if chance.random() < 0.6 else "no",
        "previous_award": "yes" if chance.random() < 0.05 else "no",
    }
    if kind == "person":
        about["gender"] = gender if chance.random() < 0.95 else chance.choice(("nonbinary", "unsaid"))
    else:
        about["members"] = f"{name}, dirección\n{story.crowd.name()[0]}, producción"
    return about


def _file(kind: str, proposal: Proposal, number: int) -> StoredFile:
    host = proposal.answers()["host"]
    data = paper(kind, host if kind == "invitation" else "", number % 40)
    name = FILE_NAMES[kind][number % len(FILE_NAMES[kind])]
    return store_upload(data, name, purpose="application")


def pick_kind(chance: Random) -> str:
    """Most who apply are persons; some are collectives; a few are firms."""
    return chance.choices(("person", "collective", "organisation"), weights=(74, 18, 8))[0]


def apply_all(
    story: Story, call: Call, count: int, opens: datetime, closes: datetime, *, accounts: Sequence[str] = ()
) -> Chapter:
    """Let `count` applications come in over the window, most of them on the last days; one is withdrawn."""
    span = (closes - opens).total_seconds()
    moments = sorted(closes - timedelta(seconds=60 + span * (1 - story.chance.betavariate(4, 1))) for _ in range(count))
    special = list(accounts)
    for number, moment in enumerate(moments):
        yield moment
        name, gender = story.crowd.name()
        if special and number in (count // 3, count // 2):
            user, kind = story.users[special.pop()], "person"
        else:
            user, kind = story.crowd.person(name), pick_kind(story.chance)
        with acting_as(actor_of(user)):
            application = fill(story, call, user, propose_for(story, call), gender=gender, kind=kind)
            grants.submit_application(application)
            if number == count - 5:
                grants.withdraw_application(application, "La institución que me recibe cambió de fechas.")
        session().commit()
        story.advance("Applications", number + 1, count)


def propose_for(story: Story, call: Call) -> Proposal:
    """Invent a proposal on one of the call's axes."""
    while True:
        proposal = propose(story.chance, story.axis)
        if proposal.axis in call.axes and proposal.place.country != setting("COUNTRY"):
            return proposal


def arrive_late(story: Story, call: Call, closes: datetime) -> Chapter:
    """Let drafts begun in time be submitted after the last second; each is refused and its draft kept."""
    yield closes - timedelta(hours=2)
    late = []
    for _ in range(LATE):
        name, gender = story.crowd.name()
        user = story.crowd.person(name)
        late.append((user, fill(story, call, user, propose_for(story, call), gender=gender)))
        session().commit()
    yield closes + timedelta(seconds=1)
    for user, application in late:
        with acting_as(actor_of(user)):
            try:
                grants.submit_application(application)
            except Refusal:
                session().rollback()
                grants.note_late_attempt(application)
                session().commit()


def leave_drafts(story: Story, call: Call, count: int) -> None:
    """Leave drafts of different completeness in the open call, one of them the demo applicant's."""
    user = story.users["solicitante"]
    with acting_as(actor_of(user)):
        application = grants.start_application(call, user, kind="person")
        grants.save_draft(application, answers=propose_for(story, call).answers())
    for _ in range(count):
        name, gender = story.crowd.name()
        person = story.crowd.person(name)
        with acting_as(actor_of(person)):
            fill(story, call, person, propose_for(story, call), gender=gender)
    session().commit()
