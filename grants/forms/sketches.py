"""What was written without an account, beside a draft that says it otherwise."""

from collections.abc import Iterable

from wtforms import RadioField
from wtforms.validators import Optional

from core.forms import PuenteForm, choices
from core.language import _

DRAFT, SKETCH = "borrador", "sin_cuenta"


class TwiceForm(PuenteForm):
    """Which of two texts stays, question by question; what the draft says is chosen at first."""

    def chosen(self) -> dict[str, bool]:
        """Return by question whether what was written without an account stays."""
        named = {name: field.data for name, field in self._fields.items() if name.startswith("q_")}
        return {name.removeprefix("q_"): said == SKETCH for name, said in named.items() if said in (DRAFT, SKETCH)}


def twice_form(questions: Iterable[tuple[str, str, str, str]]) -> TwiceForm:
    """Return the form for questions: number, label, the draft's text and the other one."""
    fields = {
        f"q_{number}": RadioField(
            label,
            [Optional()],
            choices=choices(
                [
                    (DRAFT, _("En tu borrador: %(text)s", text=drafted)),
                    (SKETCH, _("Sin cuenta: %(text)s", text=written)),
                ]
            ),
            default=DRAFT,
        )
        for number, label, drafted, written in questions
    }
    form: TwiceForm = type("TwiceForm", (TwiceForm,), fields)()
    return form
