"""The sections about people: whom the awards reached and how they were chosen."""

from decimal import Decimal

from core.language import N_, _, current_language, localised, ngettext
from core.money import Money
from core.settings import setting
from rendering.charts import Chart, ChartKind, Series
from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.words import (
    Cell,
    group_name,
    number,
    shown,
)
from transparency.rules.breakdowns import UNKNOWN
from transparency.rules.figures import Breakdown, Report
from transparency.rules.periods import ScopeKind

QUESTIONS = {
    "axis": N_("¿A qué ejes fueron los apoyos?"),
    "region": N_("¿A qué regiones del mundo?"),
    "profile": N_("¿A quiénes: personas, colectivos u organizaciones?"),
    "territory": N_("¿A qué partes de la ciudad?"),
    "gender": N_("¿Cuántas mujeres y cuántos hombres?"),
    "first_time": N_("¿Cuántas personas solicitaban por primera vez?"),
}
SECTION_IDS = {
    "axis": "apoyos-eje",
    "region": "apoyos-region",
    "profile": "apoyos-perfil",
    "territory": "apoyos-territorio",
    "gender": "apoyos-genero",
    "first_time": "apoyos-primera-vez",
}
ANSWERED = ("territory", "gender", "first_time")  # counted from answers that may be corrected; see ARCHITECTURE.md
PROFILES = {"person": N_("personas"), "collective": N_("colectivos"), "organisation": N_("organizaciones")}
GROUP_HEADINGS = {
    "axis": N_("Eje"),
    "region": N_("Región"),
    "profile": N_("Perfil"),
    "gender": N_("Género"),
    "first_time": N_("Experiencia"),
}


def _heading(dimension: str) -> str:
    # What a part of the city is called is the deployment's to say.
    return localised(setting("TERRITORY_LABEL")) if dimension == "territory" else _(GROUP_HEADINGS[dimension])


def _rate(awarded: int, decided: int) -> Decimal:
    return (Decimal(awarded) / Decimal(decided)).quantize(Decimal("0.001")) if decided else Decimal(0)


def _rows(breakdown: Breakdown) -> list[tuple[str, str, int, int, Money]]:
    """Return short name, name, applications, awards and amount of each row: those that are hidden, together as one."""
    name, rows, together = breakdown.dimension, [], []
    decided, awarded, amount = breakdown.decided, breakdown.awarded, breakdown.amount
    for one in breakdown.groups:
        label = group_name(name, one.key)
        if one.decided is None or one.awarded is None or one.amount is None:
            together.append(label)
            continue
        rows.append((label, label, one.decided, one.awarded, one.amount))
        decided, awarded, amount = decided - one.decided, awarded - one.awarded, amount - one.amount
    if together:
        label = _("Juntos: %(names)s", names=", ".join(together))
        rows.append((_("Los demás, juntos"), label, decided, awarded, amount))
    return rows


def _answer(breakdown: Breakdown) -> str:
    found = {"gender": _gender_answer, "first_time": _first_time_answer, "profile": _profile_answer}
    return found.get(breakdown.dimension, _most_answer)(breakdown) or _overall_answer(breakdown)


def _overall_answer(breakdown: Breakdown) -> str:
    return ngettext(
        "Se dio %(num)s apoyo por %(amount)s entre %(decided)s solicitudes resueltas: %(rate)s.",
        "Se dieron %(num)s apoyos por %(amount)s entre %(decided)s solicitudes resueltas: %(rate)s.",
        breakdown.awarded,
        amount=shown(breakdown.amount),
        decided=number(breakdown.decided),
        rate=shown(_rate(breakdown.awarded, breakdown.decided)),
    )


def _most_answer(breakdown: Breakdown) -> str:
    """Name the axis, region or part of the city with most awards; what was not said or is hidden is no such name."""
    known = [one for one in breakdown.groups if one.awarded and one.key != UNKNOWN]
    if not known:
        return ""
    most = max(known, key=lambda one: one.awarded or 0)
    values = {
        "name": group_name(breakdown.dimension, most.key),
        "count": number(most.awarded or 0),
        "total": number(breakdown.awarded),
        "decided": number(most.decided or 0),
    }
    match breakdown.dimension:
        case "axis":
            return _(
                "De los ejes que se muestran, el de más apoyos es «%(name)s»: %(count)s de %(total)s, entre "
                "%(decided)s solicitudes.",
                **values,
            )
        case "region":
            return _(
                "De las regiones que se muestran, la de más apoyos es «%(name)s»: %(count)s de %(total)s, entre "
                "%(decided)s solicitudes.",
                **values,
            )
        case _:
            return _(
                "De las partes de la ciudad que se muestran, la de más apoyos es %(name)s: %(count)s de %(total)s, "
                "entre %(decided)s solicitudes.",
                **values,
            )


def _profile_answer(breakdown: Breakdown) -> str:
    """List every profile that may be shown with its awards."""
    parts = [
        f"{_(PROFILES[one.key]) if one.key in PROFILES else group_name('profile', one.key)}, {number(one.awarded)}"
        for one in breakdown.groups
        if one.awarded is not None and one.decided
    ]
    if not parts:
        return ""
    listed = "; ".join(parts)
    if any(one.is_hidden for one in breakdown.groups):
        return _(
            "De %(total)s apoyos: %(listed)s. Los demás se reservan para no señalar a nadie.",
            total=number(breakdown.awarded),
            listed=listed,
        )
    return _("De %(total)s apoyos: %(listed)s.", total=number(breakdown.awarded), listed=listed)


def _gender_answer(breakdown: Breakdown) -> str:
    """Say how many women and how many men, unless so few people would be told apart."""
    women, men = _awarded(breakdown, "woman"), _awarded(breakdown, "man")
    if women is None or men is None:
        return _(
            "Cuántas mujeres y cuántos hombres se reserva: con tan pocas personas, la cifra diría de quién se trata."
        )
    rest = breakdown.awarded - women - men
    values = {"total": number(breakdown.awarded), "women": number(women), "men": number(men)}
    if not rest:
        return _("De %(total)s apoyos, %(women)s fueron para mujeres y %(men)s para hombres.", **values)
    return _(
        "De %(total)s apoyos, %(women)s fueron para mujeres y %(men)s para hombres; en %(rest)s no se preguntó, no se "
        "dijo o se reserva.",
        **values,
        rest=number(rest),
    )


def _first_time_answer(breakdown: Breakdown) -> str:
    first = _awarded(breakdown, "yes")
    if first is None:
        return _("Cuántas eran primeras veces se reserva: con tan pocas personas, la cifra diría de quién se trata.")
    return _(
        "De %(total)s apoyos, %(count)s fueron para quienes solicitaban por primera vez.",
        total=number(breakdown.awarded),
        count=number(first),
    )


def _awarded(breakdown: Breakdown, key: str) -> int | None:
    """Return the awards of a group: none at all where it has no row, None where it is hidden."""
    return next((one.awarded for one in breakdown.groups if one.key == key), 0)


def group(breakdown: Breakdown) -> Section:
    """Say whom the awards reached, by one property, with small groups left out."""
    name = breakdown.dimension
    question = _(QUESTIONS[name])
    if not breakdown.decided:
        return Section(SECTION_IDS[name], question, _("Todavía no hay resultados publicados."))
    figures = _rows(breakdown)
    answer = _answer(breakdown)
    chart = None
    if breakdown.awarded and len(figures) > 1:
        chart = Chart(
            ChartKind.BAR,
            question,
            answer,
            tuple(short for short, *_rest in figures),
            (Series(_("Apoyos"), tuple(awarded for *_names, awarded, _amount in figures)),),
            category_heading=_heading(name),
            source=_("Resultados publicados"),
            language=current_language(),
        )
    rows = tuple(
        Row((label, decided, awarded, _rate(awarded, decided), amount))
        for _short, label, decided, awarded, amount in figures
    )
    notes: tuple[str, ...] = ()
    if any(one.is_hidden for one in breakdown.groups):
        notes = (_("Van juntos los grupos de menos de cinco personas y los que dejarían calcularlos."),)
    if name in ANSWERED:
        notes += (_("Se cuenta lo que cada quien envió: una respuesta corregida después no cambia estas sumas."),)
    return Section(
        SECTION_IDS[name],
        question,
        answer,
        (
            Column(_heading(name)),
            Column(_("Solicitudes resueltas"), "integer"),
            Column(_("Apoyos"), "integer"),
            Column(_("Tasa de éxito"), "percent"),
            Column(_("Monto"), "money"),
        ),
        rows,
        (
            _("Total"),
            breakdown.decided,
            breakdown.awarded,
            _rate(breakdown.awarded, breakdown.decided),
            breakdown.amount,
        ),
        notes,
        chart,
    )


def process(report: Report) -> Section:
    """Say how applications were received, judged and decided."""
    one = report.process
    answer = _(
        "Se recibieron %(submitted)s solicitudes, se resolvieron %(decided)s y %(awarded)s tienen apoyo.",
        submitted=number(one.submitted),
        decided=number(one.decided),
        awarded=number(one.awarded),
    )
    pending = _("Se publica con los resultados")
    pairs: list[tuple[str, Cell]] = [
        (
            _("Convocatorias con resultados"),
            len(report.calls) if report.scope.kind is not ScopeKind.CALL else one.calls,
        ),
        (_("Solicitudes recibidas"), one.submitted),
        (_("Solicitudes retiradas"), one.withdrawn),
        (_("No cumplieron los requisitos"), one.ineligible),
        (_("Resueltas"), one.decided),
        (_("Con apoyo"), one.awarded),
        (_("En lista de espera"), one.waitlisted),
        (_("No seleccionadas"), one.not_selected),
        (_("Días del cierre al resultado (mediana)"), pending if one.days_to_result is None else one.days_to_result),
        (_("Personas que dictaminaron"), pending if one.reviewers is None else one.reviewers),
        (_("Dictámenes"), pending if one.reviews is None else one.reviews),
        (_("Excusas por conflicto de interés"), pending if one.recusals is None else one.recusals),
        (_("Dictámenes adicionales por discrepancia"), pending if one.further_reviews is None else one.further_reviews),
        (_("Inconformidades presentadas"), one.appeals_filed),
        (_("Inconformidades procedentes"), one.appeals_upheld),
    ]
    if one.guesses_asked:
        told = _("%(made)s de %(asked)s", made=number(one.guesses_made or 0), asked=number(one.guesses_asked))
        pairs.append((_("Dictámenes en que se creyó saber quién solicitaba"), told))
    if one.agreement is not None:
        pairs.append((_("Acuerdo entre dictaminadores (alfa de Krippendorff)"), f"{one.agreement:.2f}"))
    if report.scope.kind is ScopeKind.CALL:
        pairs = pairs[1:]
    return Section(
        "proceso",
        _("¿Cómo se decidió?"),
        answer,
        (Column(_("Dato")), Column(_("Cifra"), "integer")),
        tuple(Row(pair) for pair in pairs),
        is_silent=not (one.submitted or one.decided or one.appeals_filed),
    )


def books(report: Report) -> Section:
    """Say that the figures are the sums of the books, and of which entries."""
    count = report.books.entries
    rows = []
    if count and report.books.first and report.books.last:
        rows = [Row((_("Primer asiento"), report.books.first)), Row((_("Último asiento"), report.books.last))]
    return Section(
        "libros",
        _("¿Cuadra con los libros?"),
        ngettext("Cuadra con los libros: sí, %(num)s asiento.", "Cuadra con los libros: sí, %(num)s asientos.", count)
        if count
        else _("Todavía no hay asientos; no hay nada que cuadrar."),
        (Column(_("Dato")), Column(_("Número"))),
        tuple(rows),
        notes=(
            _("Cada cifra se suma dos veces, por caminos distintos, y se compara con los libros antes de publicarse."),
        ),
        entries=entry_filter(report),
    )
