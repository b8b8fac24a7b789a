"""What an officer types to send a letter again."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.forms import PuenteForm
from core.language import lazy
from grants.forms.staff import TOO_LONG, WRITE_REASON
from grants.models.mail import LONGEST_REASON
from mail.rules import LONGEST_ADDRESS


class SendAgainForm(PuenteForm):
    """To which address, and why."""

    to = StringField(
        lazy("Correo al que va"),
        [
            InputRequired(message=lazy("Escribe el correo.")),
            Length(max=LONGEST_ADDRESS, message=lazy(TOO_LONG)),
        ],
    )
    reason = TextAreaField(
        lazy("Razón"),
        [InputRequired(message=lazy(WRITE_REASON)), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))],
    )
