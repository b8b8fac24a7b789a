"""Refusals around who travels along."""

from core.errors import Conflict, InvalidInput, Refusal
from core.language import N_


class CompanionRefused(Conflict):
    """A person who applies alone has no companions."""

    sentence = N_("Solicitas como una persona. Para viajar en grupo, empieza la solicitud como colectivo.")


class OwnInvitation(InvalidInput):
    """Nobody invites themselves."""

    sentence = N_("Ese es tu correo: tú ya formas parte.")


class AlreadyOnBoard(Conflict):
    """The person accepted before."""

    sentence = N_("%(name)s ya aceptó; no hace falta invitarle otra vez.")


class TooManyCompanions(InvalidInput):
    """A longer list than any journey of the fund."""

    sentence = N_("La lista admite %(most)s personas como máximo.")


class InvitedTooOften(Refusal):
    """Invitations are no way to fill somebody's mailbox."""

    status = 429
    sentence = N_("Hoy ya se enviaron varias invitaciones a ese correo. Inténtalo mañana.")


class InvitationGone(Refusal):
    """A link that was used, replaced, taken back or is too old."""

    status = 410
    sentence = N_("Esta invitación ya se respondió, se retiró o venció.")
    next_step = N_("Pide a quien te invitó que la envíe otra vez.")
