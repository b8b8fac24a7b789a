"""The four answers a reader comes for: where it came from, where it went, who got it, and whether it worked."""

from core.language import N_, _, ngettext
from transparency.documents.sections.budget import plan_reached
from transparency.documents.sections.model import Headline
from transparency.documents.words import number, shown
from transparency.rules.figures import Report
from transparency.rules.periods import ScopeKind

AWARDED = N_("¿Quién lo recibió?")


def headlines(report: Report) -> tuple[Headline, ...]:
    """Return the figures that open a report, in the order of the questions."""
    first = (
        Headline(
            _("¿Cuánto puede gastar?"), shown(report.scope.budget), _("presupuesto de la convocatoria"), "presupuesto"
        )
        if report.scope.budget is not None
        else Headline(_("¿De dónde vino?"), shown(report.income_base("cash")), _("entraron en dinero"), "ingresos")
    )
    used = Headline(_("¿A dónde fue?"), shown(report.uses_base("5.1.1")), _("se pagaron en apoyos"), "destino")
    one = report.process
    reached = Headline(
        _(AWARDED),
        ngettext("%(num)s apoyo", "%(num)s apoyos", one.awarded),
        _("de %(decided)s solicitudes resueltas", decided=number(one.decided)),
        "apoyos-eje",
    )
    return (first, used, reached, *_last(report))


def _last(report: Report) -> tuple[Headline, ...]:
    if report.plan:
        return (
            Headline(
                _("¿Funcionó?"),
                _("%(reached)s de %(total)s metas", reached=plan_reached(report), total=number(len(report.plan))),
                _("del plan del año, alcanzadas"),
                "plan",
            ),
        )
    if report.scope.kind is ScopeKind.CALL:
        return ()
    return (Headline(_("¿Cuánto queda?"), shown(report.closing_base), _("en las bolsas, al cierre"), "saldos"),)
