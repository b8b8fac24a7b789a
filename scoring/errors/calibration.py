"""What the samples refuse, by name."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class SampleNotFound(NotFound):
    """No such sample, or not one of this person's committees."""

    sentence = N_("No encontramos este expediente de muestra entre los tuyos.")


class SampleRead(Conflict):
    """A sample is scored once: afterwards one has seen what was agreed."""

    sentence = N_("Ya calificaste esta muestra y viste lo acordado; lo que enviaste ahora no cambió nada.")


class SampleIncomplete(InvalidInput):
    """A sample has a title, a summary and a text."""

    sentence = N_("La muestra necesita título, resumen y texto.")


class CalibrationFirst(Refusal):
    """The committee asks for the samples before any real dossier."""

    sentence = N_("Antes de abrir expedientes reales este comité pide calificar las muestras. Te faltan: %(count)s.")
    next_step = N_("Entra a «Calibración» desde tus evaluaciones.")


class CalibrationWithoutSamples(Refusal):
    """Nothing can be asked for that is not there."""

    sentence = N_("Primero agrega al menos una muestra.")
