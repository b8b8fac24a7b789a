"""Where an application's score stands among the others, as a drawing and in words."""

from decimal import Decimal
from fractions import Fraction

from core.language import _, current_language, ngettext
from grants.models import Determination
from grants.queries.figures import scores_given
from grants.rules.standing import Standing, standing
from rendering.charts import Chart, ChartKind, Series


def standing_of(found: Determination) -> Standing | None:
    """Return where the score of a released determination stands; None without one, or with nothing beside it."""
    rulebook = found.call.rulebook
    if found.score_text is None or rulebook is None:
        return None
    rules, scores = rulebook.rules, scores_given(found.call)
    low, high = map(_decimal, rules.bounds)
    own = Decimal(found.score_text)
    if sum(scores.values()) < 2:
        return None
    return standing(scores, own, low=low, high=high, decimals=rules.decimals, lower_is_better=rules.lower_is_better)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def spoken_standing(one: Standing) -> str:
    """Return where a score stands in a sentence."""
    better = ngettext("%(num)s es mejor que la tuya", "%(num)s son mejores que la tuya", one.better)
    equal = ngettext("%(num)s es igual", "%(num)s son iguales", one.equal)
    worse = ngettext("%(num)s es peor", "%(num)s son peores", one.worse)
    return _(
        "Además de la tuya hay %(others)s: %(better)s, %(equal)s y %(worse)s.",
        others=ngettext("%(num)s calificación", "%(num)s calificaciones", one.all - 1),
        better=better,
        equal=equal,
        worse=worse,
    )


def standing_chart(one: Standing) -> Chart:
    """Return the drawing: how many scores lie in each part of the scale, one's own told apart."""
    return Chart(
        ChartKind.STACKED_BAR,
        _("Tu calificación entre las de la convocatoria"),
        spoken_standing(one),
        tuple(_("de %(low)s a %(high)s", low=step.low, high=step.high) for step in one.steps),
        (
            Series(_("Las demás"), tuple(step.others for step in one.steps)),
            Series(_("La tuya"), tuple(int(step.own) for step in one.steps)),
        ),
        category_heading=_("Calificación"),
        language=current_language(),
    )
