"""The people of the demo: invented names, one account for every role, and crowds of applicants."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from accounts import services as accounts
from accounts.models import NoticePlace, Organisation, User
from accounts.queries import notice_in_force
from accounts.rules.model_notice import model_notice
from core.language import localised
from core.roles import SECOND_FACTOR_ROLES, Role
from core.settings import setting

PASSWORD = "puente demo 2026"  # noqa: S105 (printed by `puente demo accounts`; production refuses demo mode)
SECOND_FACTOR_SECRET = "PUENTEDEMOPUENTEDEMOPUENTEDEMO22"  # noqa: S105
DOMAIN = "puente.example"


NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account that anybody may try: what it is for and which roles it holds."""

    email: str
    name: str
    roles: tuple[Role, ...]
    shows: str


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(f"solicitante@{DOMAIN}", "Marisol Anaya Reséndiz", (Role.APPLICANT,), "applications, a draft"),
    DemoAccount(f"becaria@{DOMAIN}", "Itzel Corona Galicia", (Role.APPLICANT,), "an award with agreement and report"),
    DemoAccount(f"evaluadora@{DOMAIN}", "Leonor Zavala Ibarra", (Role.REVIEWER,), "dossiers to score blind"),
    DemoAccount(f"programa@{DOMAIN}", "Octavio Lara Trejo", (Role.PROGRAMME_OFFICER,), "calls, screening, results"),
    DemoAccount(f"tesoreria@{DOMAIN}", "Carmen Solís Urbina", (Role.TREASURER,), "the ledger, budget, payments"),
    DemoAccount(f"pagos@{DOMAIN}", "Arturo Meza Villegas", (Role.PAYMENT_AUTHORISER,), "payments to authorise"),
    DemoAccount(f"patrocinio@{DOMAIN}", "Renata Cantú Salazar", (Role.SPONSOR_CONTACT,), "gifts and receipts"),
    DemoAccount(f"auditoria@{DOMAIN}", "Fermín Ochoa Rangel", (Role.AUDITOR,), "everything, read only"),
    DemoAccount(f"administracion@{DOMAIN}", "Silvia Márquez Noriega", (Role.ADMINISTRATOR,), "people, roles, jobs"),
)


class Crowd:
    """Invents people, always the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (a story, not a secret)
        self._number = 0

    def name(self) -> tuple[str, str]:
        """Return a full name and a gender."""
        woman = self.chance.random() < 0.53
        given = self.chance.choice(NAMES["women" if woman else "men"])
        surnames = self.chance.sample(NAMES["surnames"], 2)
        return f"{given} {surnames[0]} {surnames[1]}", "woman" if woman else "man"

    def person(self, name: str) -> User:
        """Open a confirmed account without a password: one of the crowd, who never signs in."""
        self._number += 1
        return accounts.open_account(email=f"persona{self._number}@{DOMAIN}", name=name)

    def organisation(self, name: str, kind: str, owner: User, country: str | None = None) -> Organisation:
        """Found an organisation and give it its owner."""
        organisation = accounts.create_organisation(name=name, kind=kind, country=country)
        accounts.add_member(organisation, owner, member_role="owner")
        return organisation


def make_account(name: str, email: str, *roles: Role) -> User:
    """Open a confirmed account with the demo's password, and its second factor where a role needs one."""
    user = accounts.open_account(email=email, name=name, password=PASSWORD)
    for role in roles:
        if role is not Role.APPLICANT:
            accounts.grant_role(user, role)
    if SECOND_FACTOR_ROLES & set(roles):
        accounts.enrol_second_factor(user, secret=SECOND_FACTOR_SECRET)
    notice = notice_in_force()
    if notice is not None:
        accounts.answer_notice(user, notice, (), NoticePlace.REGISTRATION)
    return user


def publish_notices() -> None:
    """Publish an invented privacy notice in two versions: the second one adds a purpose."""
    trust, city = setting("TRUST_NAME"), setting("CITY_NAME")
    first = model_notice(localised(city, "es"), localised(trust, "es"), setting("CONTACT_EMAIL"))
    stories = {
        "id": "",
        "text": {
            "es": "Contar tu experiencia, con tu nombre, en los materiales del fondo",
            "en": "Tell of your experience, with your name, in the fund's publications",
        },
        "voluntary": True,
    }
    for content in (first, {**first, "purposes": [*first["purposes"], stories]}):
        draft = accounts.save_notice(content, edition=0)
        accounts.publish_notice(edition=draft.edition)


def make_demo_accounts() -> dict[str, User]:
    """Make the accounts that are printed, by the part of their e-mail before the @."""
    return {
        account.email.split("@")[0]: make_account(account.name, account.email, *account.roles) for account in ACCOUNTS
    }
