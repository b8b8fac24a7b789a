"""Who may do what: the eight roles."""

from enum import StrEnum

from core.language import N_


class Role(StrEnum):
    """A set of duties. One person may hold several; the law keeps some of them apart."""

    APPLICANT = "applicant"
    REVIEWER = "reviewer"
    PROGRAMME_OFFICER = "programme_officer"
    TREASURER = "treasurer"
    PAYMENT_AUTHORISER = "payment_authoriser"
    SPONSOR_CONTACT = "sponsor_contact"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.APPLICANT: N_("Solicitante"),
    Role.REVIEWER: N_("Persona evaluadora"),
    Role.PROGRAMME_OFFICER: N_("Responsable del programa"),
    Role.TREASURER: N_("Tesorería"),
    Role.PAYMENT_AUTHORISER: N_("Autoriza pagos"),
    Role.SPONSOR_CONTACT: N_("Contacto de patrocinador"),
    Role.AUDITOR: N_("Auditoría"),
    Role.ADMINISTRATOR: N_("Administración"),
}

# Roles that touch other people's money or chances sign in with a second factor.
SECOND_FACTOR_ROLES = frozenset(Role) - {Role.APPLICANT, Role.SPONSOR_CONTACT}
STAFF_ROLES = frozenset({Role.PROGRAMME_OFFICER, Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.ADMINISTRATOR})
