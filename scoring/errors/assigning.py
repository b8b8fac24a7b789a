"""Why nobody can be found to read: how far each rule is from being kept."""

from core.errors import Refusal
from core.language import N_, _


class AssignmentInfeasible(Refusal):
    """No assignment satisfies every rule. `needed`, `available`, `missing` and `dossiers` say how far it is."""

    next_step = N_("Invita a más personas evaluadoras o revisa la carga y los conflictos.")


class TooFewReviewers(AssignmentInfeasible):
    """Everybody at full load is still too little."""

    sentence = N_(
        "Hacen falta %(needed)s lecturas y la carga máxima del comité permite %(available)s: faltan %(missing)s."
    )


class TooManyConflicts(AssignmentInfeasible):
    """Some dossiers have too few reviewers without conflict, of different institutions."""

    sentence = N_(
        "Cada expediente necesita %(needed)s personas sin conflicto y de instituciones distintas; hay expedientes con "
        "solo %(available)s: %(dossiers)s."
    )


class MinimumLoadUnreachable(AssignmentInfeasible):
    """Some reviewer cannot get the promised minimum."""

    sentence = N_(
        "La carga mínima pide %(needed)s lecturas y solo se pueden repartir %(available)s: faltan %(missing)s."
    )
    short = N_("No llegan a su mínimo: %(reviewers)s.")

    def message(self) -> str:
        """Return the sentence, and who is short of readings where somebody in particular is."""
        said = super().message()
        return f"{said} {_(self.short, **self.parameters)}" if self.parameters.get("reviewers") else said


class CapTooTight(AssignmentInfeasible):
    """Under the cap on a pair's probability, some dossier cannot gather its readings."""

    sentence = N_(
        "Con el tope de probabilidad, el expediente %(dossiers)s reúne %(available)s de las %(needed)s lecturas que "
        "necesita: faltan %(missing)s."
    )
    next_step = N_("Sube el tope, invita a más personas evaluadoras o revisa los conflictos.")


class CapCollides(CapTooTight):
    """Without the cap on a pair's probability all rules could hold together."""

    sentence = N_(
        "Con el tope de probabilidad, las cargas, los conflictos y las instituciones solo se pueden repartir "
        "%(available)s de %(needed)s lecturas: faltan %(missing)s. Sin el tope alcanzan."
    )


class RulesCollide(AssignmentInfeasible):
    """Each rule can hold alone, not all of them together."""

    sentence = N_(
        "La carga máxima, los conflictos y las instituciones dejan %(missing)s de %(needed)s lecturas sin nadie: "
        "%(dossiers)s."
    )


class NoReviewerAvailable(Refusal):
    """Nobody in the committee may read this dossier."""

    sentence = N_("Nadie más en el comité puede evaluar el expediente %(code)s.")
    next_step = N_("Invita a otra persona evaluadora.")


class FurtherReviewNotCalled(Refusal):
    """The rulebook does not call another reviewer for this dossier."""

    sentence = N_("Las reglas no piden otra evaluación para el expediente %(code)s.")
