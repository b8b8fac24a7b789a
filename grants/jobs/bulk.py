"""What is done to many applications at once, undone, and settled, in the background."""

from core.jobs import JobContext, handler
from core.language import N_
from grants.queries.bulk import bulk_action
from grants.services import bulk, bulk_undo
from grants.states.bulk import BulkState


@handler("grants.run_bulk", N_("Hacer un lote de solicitudes"))
def run_bulk(job: JobContext) -> None:
    """Do the rows that are still planned; those done already are left out."""
    action = bulk_action(job.payload["bulk_id"])
    if action is not None and action.state is BulkState.RUNNING:
        bulk.perform_bulk(action, progress=job.progress)


@handler("grants.undo_bulk", N_("Deshacer un lote de solicitudes"))
def undo_bulk(job: JobContext) -> None:
    """Bring back the rows that are still done; those brought back already are left out."""
    action = bulk_action(job.payload["bulk_id"])
    if action is not None and action.state is BulkState.UNDOING:
        bulk_undo.perform_undo(action, progress=job.progress)


@handler("grants.settle_bulk", N_("Enviar las cartas de un lote"))
def settle_bulk(job: JobContext) -> None:
    """Let the letters go when the window is over; those sent already are left out."""
    action = bulk_action(job.payload["bulk_id"], lock=True)
    if action is not None:
        bulk_undo.settle_bulk(action, progress=job.progress)
