"""Refusals from screening to the closed award."""

from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.language import N_


class TranchesDoNotAddUp(InvalidInput):
    """The shares of the tranches are not whole positive percentages adding up to 100."""

    sentence = N_("Los pagos tienen que ser porcentajes enteros que sumen 100. Recibimos: %(shares)s.")


class ReasonMissing(InvalidInput):
    """A decision against somebody needs its reason in writing."""

    sentence = N_("Escribe la razón: quien recibe la decisión tiene derecho a conocerla.")


class CureUsed(Conflict):
    """There is one cure period an application, and it is spent."""

    sentence = N_("Esta solicitud ya tuvo su plazo para aclarar; solo hay uno.")


class CureClosed(Conflict):
    """The answer came after the period, or to a request already answered."""

    sentence = N_("El plazo para aclarar terminó el %(closed_at)s o ya respondiste. No guardamos nada nuevo.")


class FindingsOpen(Conflict):
    """A dossier with unresolved findings cannot be cleared."""

    sentence = N_("Quedan %(count)s hallazgos sin resolver. Táchalos o explica por qué no identifican a nadie.")


class CureRunning(Conflict):
    """Nobody is refused for what they still have time to hand in."""

    sentence = N_("La persona tiene hasta el %(due_at)s para aclarar. No se puede rechazar antes.")


class PassageNotFound(InvalidInput):
    """What was typed stands nowhere in the dossier, so nothing was blacked out."""

    sentence = N_("Ese texto no aparece en el expediente; no se tachó nada. Cópialo tal como está escrito.")


class FindingUnknown(NotFound):
    """The finding is not there any more: somebody resolved it or the text changed."""

    sentence = N_("Ese hallazgo ya no existe: alguien lo resolvió o el texto cambió.")


class DossierChanged(Conflict):
    """Another window or person answered a finding meanwhile: what was meant may be another one by now."""

    sentence = N_(
        "El expediente cambió en otra ventana mientras lo veías, así que no hicimos nada. Ahora ves cómo está."
    )


class FindingNotText(InvalidInput):
    """A trace inside a file cannot be blacked out by replacing text."""

    sentence = N_(
        "Un hallazgo dentro de un archivo no se puede tachar. Deja fuera el archivo o explica por qué no identifica."
    )


class DossierLocked(Conflict):
    """The committee already has the dossier."""

    sentence = N_("El expediente ya se entregó al comité y no se puede cambiar.")


class NoPanel(Conflict):
    """The call has no panel to receive dossiers."""

    sentence = N_("Esta convocatoria todavía no tiene comité. Intégralo antes de entregar expedientes.")


class NotAReviewer(InvalidInput):
    """A seat needs the reviewer's role."""

    sentence = N_("%(name)s no tiene el papel de persona evaluadora.")


class NoRulebook(Conflict):
    """The call has no frozen rulebook."""

    sentence = N_("Esta convocatoria no tiene reglas de evaluación publicadas.")


class RankingNotReleased(Conflict):
    """The committee's order is not final."""

    sentence = N_("El comité todavía no cierra su orden de prelación; no hay decisiones que preparar.")


class UncommittedAwards(Conflict):
    """An awarded application without committed money keeps every determination unreleased."""

    sentence = N_(
        "Faltan %(count)s apoyos con dinero comprometido. No se publica ningún resultado hasta que todos lo tengan."
    )
    next_step = N_("Tesorería compromete cada apoyo; después vuelve a publicar.")


class NothingToRelease(Conflict):
    """No determination waits."""

    sentence = N_("No hay resultados preparados que publicar.")


class AlreadyDetermined(Conflict):
    """Results are out; preparing again would change what people were told."""

    sentence = N_("Los resultados de esta convocatoria ya se publicaron y no se vuelven a preparar.")


class NotAwarded(Conflict):
    """Money can only go to an application that was selected."""

    sentence = N_("La solicitud %(folio)s no fue seleccionada; no puede recibir un apoyo.")


class AwardDiffers(Conflict):
    """A second award of another amount for the same application."""

    sentence = N_("La solicitud %(folio)s ya tiene un apoyo por otra cantidad.")


class AwardOverDetermination(Conflict):
    """More money than the committee granted."""

    sentence = N_("El comité concedió %(granted)s a la solicitud %(folio)s; no se le puede dar otra cantidad.")


class AppealWindowClosed(Conflict):
    """Too early or too late to appeal."""

    sentence = N_("El plazo para inconformarse no está abierto: terminó el %(closed_at)s.")


class NothingToAppeal(Conflict):
    """Whoever has support was told nothing that an appeal would undo."""

    sentence = N_("Tu solicitud tiene apoyo: no hay una decisión en contra que revisar.")
    next_step = N_("Si algo del apoyo no cuadra, escríbenos con tu folio antes de aceptar el convenio.")


class AppealAlreadyFiled(Conflict):
    """One appeal an application."""

    sentence = N_("Ya recibimos una inconformidad sobre esta solicitud.")


class AppealsOpen(Conflict):
    """Results are not final while somebody may still object."""

    sentence = N_("Aún corre el plazo para inconformarse o faltan %(count)s inconformidades por resolver.")


class AppealPanelTainted(Forbidden):
    """Whoever took part in the first decision may not judge the appeal against it."""

    sentence = N_("Participaste en la primera decisión; esta inconformidad la resuelve otra persona.")


class AppealAdmittedByYou(Forbidden):
    """Whoever decided that an appeal is heard does not decide whether it is right."""

    sentence = N_("Tú admitiste esta inconformidad; si procede lo decide otra persona.")


class OwnCase(Forbidden):
    """Whoever has a stake in an application decides nothing about it."""

    sentence = N_("Eres parte de la solicitud %(folio)s: la atiende otra persona.")


class OwnCaseInCall(Forbidden):
    """Results come out for a whole call at once: not by the hand of somebody who applied to it."""

    sentence = N_("Eres parte de una solicitud de esta convocatoria: sus resultados los publica otra persona.")


class SignatureMismatch(InvalidInput):
    """The name typed to sign is not the name of the account."""

    sentence = N_("Escribe tu nombre tal como aparece en tu cuenta: es tu firma.")


class AgreementChanged(Conflict):
    """The agreement shown is not the one on record."""

    sentence = N_("El convenio cambió desde que lo abriste. Léelo otra vez antes de aceptarlo.")


class AgreementMissing(Conflict):
    """There is no agreement to accept."""

    sentence = N_("Todavía no hay un convenio que aceptar.")


class TrancheNotInAward(Refusal):
    """The award has no plan of payments yet or it is already under way."""

    sentence = N_("Los pagos de este apoyo ya están en curso y no se vuelven a planear.")


class ReportPending(Conflict):
    """One report at a time."""

    sentence = N_("Ya hay un informe en revisión o aceptado.")


class ReportEmpty(InvalidInput):
    """A report needs at least one expense."""

    sentence = N_("El informe necesita al menos un gasto.")


class ExpenseInvalid(InvalidInput):
    """One line of an expense report cannot be accepted."""

    sentence = N_("Gasto %(line)s: escribe qué fue, la fecha y una cantidad mayor que cero en %(currency)s.")


class ReceiptMissing(InvalidInput):
    """An expense without its receipt."""

    sentence = N_("Gasto %(line)s: falta el comprobante en PDF, JPEG o PNG.")


class AwardUnfinished(Conflict):
    """An award closes when everything was paid and accounted for."""

    sentence = N_("Para cerrar el apoyo falta pagar %(count)s de sus partes.")
