"""Why an account, a sign-in or an organisation may not do what was asked."""

from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.language import N_


class EmailRefused(InvalidInput):
    """Not an address a letter could reach."""

    sentence = N_("«%(email)s» no parece un correo electrónico. Escríbelo como nombre@dominio.mx.")


class EmailTaken(Conflict):
    """Another account has this address. Never shown to somebody who has not proved that it is theirs."""

    sentence = N_("Ese correo ya pertenece a una cuenta.")


class NameRefused(InvalidInput):
    """Empty or too long."""

    sentence = N_("Escribe un nombre de entre 1 y %(limit)s caracteres.")


class PasswordTooShort(InvalidInput):
    """Shorter than the one rule about length allows."""

    sentence = N_("La contraseña necesita al menos %(minimum)s caracteres. Una frase de varias palabras funciona bien.")


class PasswordTooLong(InvalidInput):
    """Longer than we are willing to hash."""

    sentence = N_("La contraseña puede tener como máximo %(limit)s caracteres.")


class PasswordTooCommon(InvalidInput):
    """Among the first that an attacker tries."""

    sentence = N_("Esa contraseña es fácil de adivinar. Elige una frase que solo tú conozcas.")


class TooManyAttempts(Refusal):
    """The account or the address must wait. `seconds` is how long, `wait` says it in words."""

    status = 429
    sentence = N_("Hubo demasiados intentos. Espera %(wait)s y vuelve a intentarlo.")

    @property
    def seconds(self) -> int:
        """How long to wait, rounded up."""
        return int(str(self.parameters["seconds"]))


class LinkExpired(Refusal):
    """A link from a letter that was used, replaced or is too old."""

    status = 410
    sentence = N_("Este enlace ya se usó o venció.")
    next_step = N_("Pide uno nuevo y abre el del correo más reciente.")


class EnrolmentExpired(Refusal):
    """There is no secret on its way to be confirmed."""

    sentence = N_("La activación del segundo paso venció. Empieza de nuevo.")


class SecondFactorRequired(Refusal):
    """A role demands the second factor, so it cannot be switched off."""

    sentence = N_("Tu función exige el segundo paso: puedes cambiarlo de teléfono, pero no quitarlo.")


class RolesIncompatible(Conflict):
    """Two duties that one person may not hold together."""

    sentence = N_("«%(held)s» y «%(wanted)s» no pueden recaer en la misma persona.")


class OwnRoles(Forbidden):
    """Nobody gives or takes their own roles."""

    sentence = N_("Nadie puede cambiar sus propias funciones. Pídelo a otra persona de Administración.")


class OwnAccount(Forbidden):
    """Nobody suspends or closes the account they are using to do it."""

    sentence = N_("No puedes suspender ni cerrar la cuenta con la que entraste.")


class LastAdministrator(Conflict):
    """Somebody must be left who can give roles."""

    sentence = N_("Es la única cuenta de Administración activa: antes dale esa función a otra persona.")


class RoleMissing(Conflict):
    """There is nothing to take away."""

    sentence = N_("La persona no tiene esa función.")


class AccountNotActive(Conflict):
    """Only a person who can sign in may be given duties."""

    sentence = N_("La cuenta no está activa.")


class TaxIdRefused(InvalidInput):
    """Not a Mexican RFC."""

    sentence = N_("«%(tax_id)s» no es un RFC. Lleva 12 o 13 caracteres, por ejemplo ABC010203AB1.")


class CountryRefused(InvalidInput):
    """Not a country of ISO 3166."""

    sentence = N_("«%(country)s» no es un país que conozcamos.")


class AlreadyMember(Conflict):
    """Membership is one a person."""

    sentence = N_("Esa persona ya forma parte de la organización.")


class LastOwner(Conflict):
    """An organisation always has somebody who answers for it."""

    sentence = N_("Es la única persona responsable de la organización: nombra antes a otra.")


class NotAnOwner(Forbidden):
    """The member may look or edit, not decide who belongs."""

    sentence = N_("Solo una persona responsable de la organización puede hacer esto.")


class InvitationForAnother(NotFound):
    """The link was sent to another address than the one signed in with."""

    sentence = N_("Esta invitación se envió a otro correo. Entra con la cuenta de ese correo para aceptarla.")


class TooManyInvitations(Refusal):
    """An organisation may not be used to send letters in bulk."""

    status = 429
    sentence = N_("La organización ya tiene %(limit)s invitaciones sin responder. Retira alguna antes de enviar otra.")


class NoticeNotFound(NotFound):
    """No published notice has this number."""

    sentence = N_("No hay un aviso de privacidad con ese número.")
    next_step = N_("Abre el aviso vigente: desde ahí se llega a todas sus versiones.")


class NoticeIncomplete(Refusal):
    """A draft notice lacks something. `lacking` names it."""

    status = 422
    sentence = N_("Antes de publicar falta: %(lacking)s.")


class NoticeUnchanged(Refusal):
    """The draft says what the notice in force says."""

    sentence = N_("El borrador dice lo mismo que el aviso vigente. No hay nada que publicar.")


class NoticeEditedMeanwhile(Conflict):
    """Somebody else saved the draft after this person opened it."""

    sentence = N_(
        "Alguien más guardó este borrador mientras lo editabas. Lo que escribiste sigue aquí; si lo guardas otra vez, "
        "sustituye lo suyo."
    )
