"""Refusals around calls, consultations and applications."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.language import N_


class CallNotFound(NotFound):
    """No such call, or not public yet."""

    sentence = N_("No encontramos esta convocatoria.")
    next_step = N_("Mira la lista de convocatorias.")


class CallIncomplete(Refusal):
    """The publication checklist has lines that are not done. `items` are those lines."""

    status = 409
    sentence = N_("La convocatoria todavía no se puede publicar. Falta: %(missing)s")

    def __init__(self, *, items: Sequence[Any], missing: str) -> None:
        super().__init__(missing=missing)
        self.items = tuple(items)


class ConsultationIncomplete(Refusal):
    """There is not yet what people are asked about: lines of the checklist that a consultation cannot do without."""

    sentence = N_("Todavía no hay qué consultar. Falta: %(missing)s")


class CallFrozen(Refusal):
    """Published rules do not change."""

    sentence = N_("Las reglas de una convocatoria publicada ya no cambian.")
    next_step = N_("Puedes prorrogar el cierre o cancelarla, con su motivo en público.")


class CallChanged(Conflict):
    """Somebody else saved the same section of a draft meanwhile."""

    sentence = N_("Alguien más guardó esta sección mientras la editabas. No guardamos nada tuyo todavía.")
    next_step = N_("Compara lo guardado con lo que escribiste y guarda otra vez.")


class CallNotOpen(Refusal):
    """Outside the window for applications."""

    sentence = N_("La convocatoria no está recibiendo solicitudes.")
    next_step = N_("Revisa sus fechas en la página de la convocatoria.")


class DeadlinePassed(Refusal):
    """A submission that arrived after the last second. The draft is kept."""

    sentence = N_("La convocatoria cerró el %(closed)s y tu envío llegó el %(arrived)s. No pudimos recibirlo.")
    next_step = N_("Tu borrador sigue guardado. Puedes copiarlo para otra convocatoria.")


class DeadlineOnlyExtends(InvalidInput):
    """A new deadline that is not later than the old one, or already past."""

    sentence = N_("El nuevo cierre debe ser posterior al actual y a este momento.")


class ExtensionPastResults(InvalidInput):
    """A new deadline on the day of the results, or later."""

    sentence = N_("Los resultados se prometieron para el %(results)s: el cierre llega a lo más al día anterior.")


class ReasonMissing(InvalidInput):
    """A public act without its reason."""

    sentence = N_("Escribe el motivo: se publica junto con el aviso.")


class ConsultationClosed(Refusal):
    """Comments only while the consultation is open."""

    sentence = N_("La consulta de esta convocatoria no está abierta.")


class ConsultationTooShort(InvalidInput):
    """A consultation must close in the future."""

    sentence = N_("La consulta debe cerrar después de este momento.")


class VerifiedEmailNeeded(Forbidden):
    """Public comments come from confirmed accounts."""

    sentence = N_("Para comentar en público, primero confirma tu correo.")
    next_step = N_("Abre el enlace que te enviamos al registrarte.")


class TextOutOfBounds(InvalidInput):
    """An empty or over-long text."""

    sentence = N_("El texto debe tener entre 1 y %(most)s caracteres.")


class AlreadyAnswered(Refusal):
    """A public answer stands."""

    sentence = N_("Este comentario ya tiene respuesta pública.")


class CallValueRefused(InvalidInput):
    """A field of a call has a value that cannot be."""

    sentence = N_("Revisa «%(field)s» de la convocatoria: el valor no es válido.")


class SlugTaken(Conflict):
    """Two calls cannot share an address."""

    sentence = N_("Ya hay una convocatoria con la dirección «%(slug)s».")


class ApplicationNotFound(NotFound):
    """No such application, or somebody else's."""

    sentence = N_("No encontramos esta solicitud.")
    next_step = N_("Mira la lista de tus solicitudes.")


class AlreadyApplied(Conflict):
    """One application each. `application_id` is the one that stands, if it is one's own to see."""

    sentence = N_("Ya tienes una solicitud en esta convocatoria; solo se admite una.")
    next_step = N_("Sigue con ella desde «Mis solicitudes», o retírala para empezar otra.")

    def __init__(self, *, application_id: int | None = None) -> None:
        super().__init__()
        self.application_id = application_id


class OrganisationNeeded(InvalidInput):
    """An organisation applies through one of its editors."""

    sentence = N_("Elige la organización que solicita; necesitas permiso de edición en ella.")


class EditConflict(Conflict):
    """The same step was saved from another page in the meantime. `theirs` is what stands now."""

    sentence = N_("Esta parte se guardó desde otra ventana o por otra persona mientras la editabas.")
    next_step = N_("Compara los dos textos y decide cuál se queda.")

    def __init__(self, *, theirs: Mapping[str, Any], version: int) -> None:
        super().__init__()
        self.theirs = dict(theirs)
        self.version = version


class AnswerRefused(InvalidInput):
    """An answer of the wrong kind, out of range or too long to keep."""

    sentence = N_("La respuesta a «%(label)s» no se puede guardar: es demasiado larga o no es válida.")


class UnknownQuestion(InvalidInput):
    """The form has no such question."""

    sentence = N_("El formulario no tiene la pregunta «%(question)s».")


class NotEditable(Refusal):
    """Past the point where the applicant may change anything."""

    sentence = N_("Esta solicitud ya no se puede modificar.")


class ApplicationIncomplete(InvalidInput):
    """Problems stand between the draft and its submission. `problems` says where."""

    sentence = N_("Faltan %(count)s cosas antes de enviar.")
    next_step = N_("Corrígelas desde la página de revisión; el borrador está guardado.")

    def __init__(self, *, problems: Sequence[Any]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)


class TooManyFiles(InvalidInput):
    """More uploads than an application may hold."""

    sentence = N_("Una solicitud puede guardar %(most)s archivos como máximo, contando los reemplazados.")


class SubscriptionUnknown(NotFound):
    """A link to letters that nobody asked for, or that was changed on its way."""

    sentence = N_("Este enlace de avisos no es válido.")
    next_step = N_("Pide tus avisos otra vez desde la lista de convocatorias.")


class TooManySketches(Refusal):
    """More people than can be write without an account: somebody's script, most likely."""

    status = 429
    sentence = N_("Ahora no podemos guardar sin cuenta. Crea la tuya: lo que escribiste sigue en esta página.")


class TooManyHeldFiles(InvalidInput):
    """More files than an unfinished form may hold."""

    sentence = N_("Este formulario guarda %(most)s archivos como máximo. Quita alguno para subir otro.")
