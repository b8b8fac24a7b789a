"""Work of the trust that nobody waits for."""

from core.jobs import JobContext, handler
from core.language import N_
from trust import queries, services


@handler("trust.catch_up_payments", N_("Preguntar por pagos sin aviso"))
def catch_up_payments(job: JobContext) -> None:
    """Ask after what no notice told, and come back while a payment, a refund or a deposit is still on its way."""
    services.catch_up_payments(settle=lambda: job.progress(0, 0))  # commits, and renews the lease
    if queries.waits_for_company():
        services.schedule_catch_up()


@handler("trust.remind_pledge", N_("Recordar una promesa"))
def remind_pledge(job: JobContext) -> None:
    """Remind a giver of a part of their promise, if it is still missing."""
    part = queries.instalment(job.payload["instalment"])
    if part is not None:
        services.remind_of(part, job.payload["when"])


@handler("trust.remind_benefit", N_("Recordar una contraprestación"))
def remind_benefit(job: JobContext) -> None:
    """Remind those who owe something to a sponsor, if it is still owed."""
    services.remind_of_benefit(queries.benefit(job.payload["benefit"], hold=True), job.payload["when"])
