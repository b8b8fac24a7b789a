"""The shape of a wish to close a fund."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from core.forms import ProofField, PuenteForm, choices
from core.language import N_, _, lazy, localised
from trust.models import FUND_KINDS, Fund
from trust.rules.fund_closings import MayTake


class FundClosingForm(PuenteForm):
    """Why a fund ends and where what it has left goes."""

    target = SelectField(lazy("A qué bolsa pasa lo que queda"), default="")
    reason = TextAreaField(
        lazy("Por qué se cierra"),
        [
            DataRequired(message=lazy("Escribe el motivo: queda en la historia.")),
            Length(max=1000, message=lazy("Escribe %(max)s caracteres como máximo.", max=1000)),
        ],
    )
    consent = ProofField(lazy("Aceptación de quien dio el dinero"))

    def __init__(
        self, *args: Any, takers: Sequence[tuple[Fund, MayTake]] = (), has_rest: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if has_rest:
            self.target.validators = [DataRequired(message=lazy("Elige la bolsa."))]
            self.target.flags.required = True
        self.takers = {one.code: one for one, _verdict in takers}
        options = [(one.code, _label(one, verdict)) for one, verdict in takers]
        self.target.choices = choices([("", _(N_("Elige la bolsa"))), *options])

    @property
    def chosen(self) -> Fund | None:
        """The fund that was chosen."""
        return self.takers.get(self.target.data or "")


def _label(one: Fund, verdict: MayTake) -> str:
    label = f"{localised(one.name)} ({_(FUND_KINDS[one.kind][0])})"
    if verdict is MayTake.WITH_CONSENT:
        return _(N_("%(fund)s, si quien dio el dinero lo acepta"), fund=label)
    return label
