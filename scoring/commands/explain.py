"""`puente scoring explain`: a rulebook in words, with its worked examples."""

from pathlib import Path
from typing import Any

import click

from core.language import N_, _, localised
from scoring.commands.provisions import provisions
from scoring.commands.rulebooks import read_rulebook
from scoring.commands.spoken import AS_JSON, command, option
from scoring.commands.tables import A_FILE, read_json, show
from scoring.rules.examples import Example, worked_examples
from scoring.rules.provisions import Reserved
from scoring.rules.rulebook import ChargedTo, Rulebook, digest, exact


@command("explain", help=N_("Dice unas reglas como las lee la gente, y tres solicitudes calificadas paso a paso."))
@click.argument("rulebook", type=A_FILE)
@option("--json", "as_json", is_flag=True, help=AS_JSON)
def explain_command(*, rulebook: Path, as_json: bool) -> None:
    """Print a rulebook in words, with worked examples."""
    rules = read_rulebook(rulebook)
    examples = worked_examples(rules)
    if as_json:
        show({"sha256": digest(read_json(rulebook)), "examples": [_example(one) for one in examples]})
        return
    document = read_json(rulebook)
    click.echo(localised(rules.title))
    click.echo(f"SHA-256 {digest(document)}")
    for line in (*_criteria(rules), *_process(rules), *provisions(rules, document)):
        click.echo(line)
    for number, one in enumerate(examples, start=1):
        click.echo("\n" + _("Ejemplo %(number)s", number=number) + f": {_(one.title)}")
        for line in _steps(rules, one):
            click.echo(line)


def _criteria(rules: Rulebook) -> list[str]:
    lines = []
    for one in rules.criteria:
        scale = _(
            "peso %(weight)s, de %(low)s a %(high)s, de %(step)s en %(step)s",
            weight=exact(one.weight),
            low=exact(one.minimum),
            high=exact(one.maximum),
            step=exact(one.step),
        )
        line = f"\n{localised(one.name) or one.id} ({one.id}): {scale}"
        if one.threshold is not None:
            asked = AT_MOST if one.lower_is_better else AT_LEAST
            line += ", " + _(asked, threshold=exact(one.threshold))
        lines.append(line)
        lines += [f"  {exact(value)}  {localised(text)}" for value, text in one.anchors]
    return lines


def _process(rules: Rulebook) -> list[str]:
    how = _("La calificación es la suma de peso × media, exacta, redondeada una vez a %(places)s decimales.")
    lines = [
        "\n" + how % {"places": rules.decimals},
        _("Gana la más baja.") if rules.lower_is_better else _("Gana la más alta."),
        _(
            "Personas que leen cada solicitud: %(readers)s; hasta %(further)s más %(when)s.",
            readers=rules.reviews_per_application,
            further=rules.discrepancy.further_reviewers,
            when=_apart(rules),
        ),
    ]
    if rules.threshold is not None:
        lines.append(_("Se pide en total: %(threshold)s.", threshold=exact(rules.threshold)))
    lines += [_("%(name)s: %(points)s puntos más.", name=entry.id, points=exact(entry.points)) for entry in rules.bonus]
    lines += [f"{_places(one)} {_(USES if one.winner_uses_place else USES_NONE)}" for one in rules.reserved]
    lines += [*_envelopes(rules), *_meetings(rules)]
    if rules.review_opens is not None:
        lines.append(_("Se evalúa desde %(at)s.", at=rules.review_opens.isoformat()))
    if rules.review_closes is not None:
        lines.append(_("Se evalúa hasta %(at)s.", at=rules.review_closes.isoformat()))
    open_ones = _("Se publica cada calificación, por códigos y letras.")
    lines.append(open_ones if rules.scores_public else _("Se publica solo la calificación oficial."))
    return [*lines, _("Los empates se resuelven, en orden, por: %(ties)s.", ties=", ".join(rules.ties))]


def _places(one: Reserved) -> str:
    return _("%(name)s: %(places)s lugares reservados.", name=one.id, places=one.places)


USES = N_("Quien gana sin la reserva también ocupa uno, si no los llenan todos quienes están más arriba.")
USES_NONE = N_("Quien gana sin la reserva no ocupa ninguno.")


def _apart(rules: Rulebook) -> str:
    """Return when further reviewers are called."""
    limit = exact(rules.discrepancy.spread_limit)
    by_criterion, verdict = rules.discrepancy.by_criterion, rules.discrepancy.split_verdict
    apart = (
        _("si difieren %(limit)s o más en un criterio", limit=limit)
        if by_criterion
        else _("si difieren %(limit)s o más en el total", limit=limit)
    )
    return apart + " " + _("o si no todas la dejarían pasar") if verdict else apart


def _meetings(rules: Rulebook) -> list[str]:
    share = _("más de la mitad") if rules.quorum_percent is None else f"{exact(rules.quorum_percent)} %"
    quorum = _(
        "Sesiones: debe asistir %(share)s de las personas convocadas (%(count)s de 9).",
        share=share,
        count=rules.quorum(9),
    )
    tie = _("Un empate lo decide quien preside.") if rules.chair_breaks_ties else _("Con empate no se aprueba.")
    signed = _(
        "El acta se firma en %(days)s días; después queda sin quien falte.",
        days=rules.signature_days,
    )
    return [f"{quorum} {tie}", signed]


AT_LEAST, AT_MOST = N_("por lo menos %(threshold)s"), N_("a lo más %(threshold)s")
CHARGED = {
    ChargedTo.OWN_ENVELOPE: N_(
        "Un lugar reservado lo paga la bolsa de quien lo ocupa, de la que se aparta antes de repartirla; si no "
        "alcanza, pasa a la siguiente persona con derecho, y sin ninguna queda vacío."
    ),
    ChargedTo.ANY_ENVELOPE: N_(
        "Un lugar reservado lo paga la bolsa de quien lo ocupa y, lo que falte, las otras, en el orden de lo que "
        "sobra; se aparta antes de repartirlas."
    ),
    ChargedTo.LEFT_OVER: N_("Un lugar reservado lo paga lo que sobra en las bolsas, antes de ofrecerlo a nadie más."),
}


def _envelopes(rules: Rulebook) -> list[str]:
    if rules.envelopes is None:
        return []
    parts = ", ".join(f"{part.id} {exact(part.percent)} %" for part in rules.envelopes.parts)
    said = BY_AXIS if rules.envelopes.by == "axis" else BY_REGION
    lines = [_(said, parts=parts, refill=", ".join(rules.envelopes.refill))]
    if rules.reserved and rules.envelopes.places_charged_to is not None:
        charged = CHARGED[rules.envelopes.places_charged_to]
        lines.append(_(charged))
    return lines


BY_AXIS = N_("Bolsas por eje: %(parts)s; lo que sobra va, en orden, a %(refill)s.")
BY_REGION = N_("Bolsas por región: %(parts)s; lo que sobra va, en orden, a %(refill)s.")


def _steps(rules: Rulebook, one: Example) -> list[str]:
    below = "  " + _("(no llega a lo que se pide)")
    lines = [
        f"  {term.criterion}: {' + '.join(exact(sheet[term.criterion]) for sheet in one.sheets)} = "
        f"{exact(term.sum)}; ÷ {term.count} = {exact(term.mean)}; × {exact(term.weight)} = "
        f"{exact(term.contribution)}{'' if term.meets_threshold else below}"
        for term in one.score.terms
    ]
    lines += [f"  {name}: {'−' if rules.lower_is_better else '+'} {exact(points)}" for name, points in one.score.bonus]
    score = {"score": exact(one.score.exact), "rounded": one.score.rounded}
    passes = _("calificación %(score)s, redondeada %(rounded)s: pasa", **score)
    lines.append(
        "  " + (passes if one.score.passes else _("calificación %(score)s, redondeada %(rounded)s: no pasa", **score))
    )
    if one.disagreement.calls_reviewer:
        apart = exact(one.disagreement.spread)
        lines.append("  " + _("difieren %(spread)s: se llama a otra persona", spread=apart))
    return lines


def _example(one: Example) -> dict[str, Any]:
    return {
        "sheets": [{name: str(value) for name, value in sheet.items()} for sheet in one.sheets],
        "entitlements": list(one.entitlements),
        "terms": {term.criterion: str(term.contribution) for term in one.score.terms},
        "score_exact": str(one.score.exact),
        "score": str(one.score.rounded),
        "passes": one.score.passes,
        "spread": str(one.disagreement.spread),
        "further_review_due": one.disagreement.calls_reviewer,
    }
