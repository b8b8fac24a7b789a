"""Refusals of the form builder."""

from core.errors import Conflict, InvalidInput, NotFound
from core.language import N_


class QuestionUnknown(NotFound):
    """The form has no such question or step: somebody took it out."""

    sentence = N_("Esa pregunta ya no está en el formulario.")


class QuestionNeeded(Conflict):
    """Something is worked out from the answer."""

    sentence = N_("«%(label)s» no se puede quitar: los requisitos, el presupuesto o el padrón usan su respuesta.")


class QuestionDepended(Conflict):
    """Another question is only asked because of this one."""

    sentence = N_("«%(label)s» no se puede quitar: «%(other)s» depende de su respuesta.")


class AnswerDepended(Conflict):
    """Another question is only asked because of an answer that would go."""

    sentence = N_("«%(other)s» depende de una respuesta de «%(label)s» que se quita: cambia antes su condición.")


class QuestionTooEarly(Conflict):
    """It would be asked before the answer it depends on."""

    sentence = N_("«%(label)s» depende de «%(other)s» y tiene que ir después.")


class TooManyQuestions(InvalidInput):
    """A form nobody would fill in."""

    sentence = N_("El formulario admite %(most)s preguntas como máximo.")


class PartUnknown(NotFound):
    """The rules have no such part: somebody took it out."""

    sentence = N_("Eso ya no está en las reglas de evaluación.")


class CriterionLast(Conflict):
    """Rules without a criterion decide nothing."""

    sentence = N_("Es el único criterio: agrega otro antes de quitarlo.")


class TooManyParts(InvalidInput):
    """More than anybody would read."""

    sentence = N_("Las reglas admiten %(most)s como máximo.")


class RequirementUnknown(NotFound):
    """Somebody took the rule out."""

    sentence = N_("Ese requisito ya no está en la convocatoria.")


class TooManyRequirements(InvalidInput):
    """More rules than anybody reads."""

    sentence = N_("Una convocatoria admite %(most)s requisitos como máximo.")


class RequirementDepends(Conflict):
    """A requirement is about an answer that would go."""

    sentence = N_("El requisito «%(reason)s» depende de esa respuesta: cambia o quita antes el requisito.")


class LineDepends(Conflict):
    """A line of the budget is multiplied by an answer that would go."""

    sentence = N_("El renglón «%(line)s» se multiplica por esa respuesta: cambia o quita antes el renglón.")


class LineUnknown(NotFound):
    """Somebody took the line out."""

    sentence = N_("Ese renglón ya no está en la tarifa.")


class LineLast(Conflict):
    """A tariff pays something."""

    sentence = N_("La tarifa necesita al menos un renglón.")


class TooManyLines(InvalidInput):
    """A budget nobody would read."""

    sentence = N_("Un presupuesto admite %(most)s renglones como máximo.")
