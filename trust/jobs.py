"""Work of the trust that nobody waits for."""

from core.jobs import JobContext, handler
from core.language import N_
from trust import queries, services
from trust.services import fiscal, invoice_details


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


@handler("trust.remind_benefit", N_("Recordar un beneficio"))
def remind_benefit(job: JobContext) -> None:
    """Remind those who owe something to a sponsor, if it is still owed."""
    services.remind_of_benefit(queries.benefit(job.payload["benefit"], hold=True), job.payload["when"])


@handler("trust.bundle_receipts", N_("Juntar recibos en un archivo"))
def bundle_receipts(job: JobContext) -> None:
    """Make a file of receipts that somebody asked for, unless it is there."""
    asked = queries.bundle_to_make(job.payload["bundle"])
    if asked is not None:
        services.make_bundle(asked, job.progress)


@handler("trust.clear_bundles", N_("Borrar archivos de recibos vencidos"))
def clear_bundles(_job: JobContext) -> None:
    """Destroy the files of receipts whose days are over. Doing it twice changes nothing."""
    services.clear_bundles()


@handler("trust.stamp_cfdi", N_("Timbrar un CFDI"))
def stamp_cfdi(job: JobContext) -> None:
    """Seal a fiscal receipt and have it stamped; what is asked of the provider is asked outside a transaction."""
    fiscal.stamp_fiscal(job.payload["fiscal"], settle=lambda: job.progress(0, 0))


@handler("trust.cancel_cfdi", N_("Cancelar un CFDI"))
def cancel_cfdi(job: JobContext) -> None:
    """Have the provider cancel a fiscal receipt whose receipt was cancelled."""
    fiscal.carry_cancel(job.payload["fiscal"], settle=lambda: job.progress(0, 0))


@handler("trust.forget_cfdi_file", N_("Borrar un borrador de CFDI"))
def forget_cfdi_file(job: JobContext) -> None:
    """Destroy the file of a draft that another took the place of."""
    fiscal.forget_fiscal_file(job.payload["file"])


@handler("trust.forget_invoice_details", N_("Borrar datos fiscales sin aportación"))
def forget_invoice_details(job: JobContext) -> None:
    """Delete the tax data that came with an order nobody paid."""
    invoice_details.forget_unpaid_details(job.payload["details"])
