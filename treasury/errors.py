"""What the treasury refuses, by name."""

from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.language import N_


class PlanNotFound(NotFound):
    """No operating plan for the year."""

    sentence = N_("No hay plan operativo para %(year)s.")


class PlanExists(Conflict):
    """One plan a year."""

    sentence = N_("El plan operativo %(year)s ya existe.")


class PlanEmpty(Refusal):
    """Nothing to approve."""

    sentence = N_("El plan no tiene programas: agrega al menos uno antes de aprobarlo.")


class PlanApproved(Refusal):
    """An approved plan does not change."""

    sentence = N_("El plan ya está aprobado y no cambia.")


class NotPositive(InvalidInput):
    """An amount of nothing."""

    sentence = N_("La cantidad debe ser mayor que cero.")


class WrongCurrency(InvalidInput):
    """The budget is kept in one currency."""

    sentence = N_("El presupuesto se lleva en %(currency)s.")


class NotEnoughAvailable(Refusal):
    """Suficiencia presupuestaria: the fund does not hold what is asked."""

    sentence = N_("La bolsa «%(fund)s» tiene libres %(free)s y se piden %(asked)s.")
    next_step = N_("Reduce la cantidad o asigna otra bolsa.")


class NotInPlan(Refusal):
    """The approved plan does not authorise this much spending from the fund."""

    sentence = N_("El plan operativo aprobado autoriza %(free)s más de la bolsa «%(fund)s» y se piden %(asked)s.")
    next_step = N_("Modifica el plan operativo o asigna otra bolsa.")


class NamedTwice(Refusal):
    """A fund is named once in a split."""

    sentence = N_("La bolsa «%(fund)s» está dos veces.")


class NoFundMayPay(Refusal):
    """No allocated fund may pay what is missing; the rules of each say why."""

    sentence = N_("Las bolsas asignadas no pueden pagar %(missing)s del apoyo %(folio)s. %(reasons)s")


class BoundTogether(Refusal):
    """Before the results are out, one award's entry in the public book would tell what somebody receives."""

    sentence = N_("Antes de publicar los resultados, los apoyos de una convocatoria se comprometen todos juntos.")
    next_step = N_("Compromételos desde el presupuesto de la convocatoria.")


class NothingCommitted(Refusal):
    """The award has no money set aside."""

    sentence = N_("Este apoyo no tiene dinero comprometido.")


class PaymentUnderWay(Conflict):
    """What an order will take is not given back to its fund."""

    sentence = N_("Este apoyo tiene una orden de pago en curso: cancélala antes de liberar su dinero.")


class MoneyToReturn(Refusal):
    """More was paid than spent, and the difference has not come back."""

    sentence = N_("Este apoyo no se puede cerrar: faltan por devolver %(amount)s.")
    next_step = N_("Tesorería registra la devolución cuando el banco la muestra.")


class MoreThanPaid(Refusal):
    """No more can come back than was paid."""

    sentence = N_("De este apoyo se pagaron %(paid)s que no han vuelto: no puede volver más que eso.")


class NotNextInLine(Refusal):
    """The waiting list moves up in its order."""

    sentence = N_("La solicitud %(folio)s no es la que sigue en la lista de espera.")
    next_step = N_("El dinero que se libera se asigna en el orden de la lista.")


class SetAsideTooLarge(Refusal):
    """What is promised to calls cannot be moved to another fund."""

    sentence = N_("La bolsa «%(fund)s» tiene libres %(free)s: lo demás ya está prometido a convocatorias.")


class SamePerson(Forbidden):
    """Who prepares a payment does not authorise it."""

    sentence = N_("Quien prepara un pago no puede autorizarlo. Pide a otra persona que lo revise.")


class PaidInTheFuture(InvalidInput):
    """The bank cannot have paid tomorrow."""

    sentence = N_("La fecha de pago %(date)s todavía no llega.")
