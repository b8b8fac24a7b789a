"""What staff type about an application for each other."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from core.forms import PuenteForm
from core.language import lazy
from grants.forms.staff import TOO_LONG, WRITE_REASON
from grants.models.note import LONGEST_NOTE


class NoteForm(PuenteForm):
    """A note."""

    text = TextAreaField(
        lazy("Nota"),
        [InputRequired(message=lazy("Escribe la nota.")), Length(max=LONGEST_NOTE, message=lazy(TOO_LONG))],
    )


class WithdrawNoteForm(PuenteForm):
    """Why a note no longer holds."""

    reason = TextAreaField(
        lazy("Razón"),
        [InputRequired(message=lazy(WRITE_REASON)), Length(max=LONGEST_NOTE, message=lazy(TOO_LONG))],
    )
