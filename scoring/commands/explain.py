"""`puente scoring explain`: a rulebook in words, with its worked examples."""

from pathlib import Path
from typing import Any

import click

from scoring.commands.rulebooks import read_rulebook
from scoring.commands.tables import A_FILE, read_json, show
from scoring.rules.examples import Example, worked_examples
from scoring.rules.rulebook import ChargedTo, Rulebook, digest, exact


@click.command("explain")
@click.argument("rulebook", type=A_FILE)
@click.option("--language", type=click.Choice(["es", "en"]), default="es", help="Which of the rulebook's texts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain_command(*, rulebook: Path, language: str, as_json: bool) -> None:
    """Print a rulebook as people read it, and three applications scored step by step."""
    rules = read_rulebook(rulebook)
    examples = worked_examples(rules)
    if as_json:
        show({"sha256": digest(read_json(rulebook)), "examples": [_example(one) for one in examples]})
        return
    click.echo(rules.title.get(language) or next(iter(rules.title.values())))
    click.echo(f"SHA-256 {digest(read_json(rulebook))}")
    for line in (*_criteria(rules, language), *_process(rules)):
        click.echo(line)
    for number, one in enumerate(examples, start=1):
        click.echo(f"\nExample {number}")
        for line in _steps(rules, one):
            click.echo(line)


def _criteria(rules: Rulebook, language: str) -> list[str]:
    lines = []
    for one in rules.criteria:
        asked = f", at least {exact(one.threshold)}" if one.threshold is not None and not one.lower_is_better else ""
        asked = f", at most {exact(one.threshold)}" if one.threshold is not None and one.lower_is_better else asked
        scale = f"{exact(one.minimum)} to {exact(one.maximum)} by {exact(one.step)}"
        lines.append(f"\n{one.name.get(language, one.id)} ({one.id}): weight {exact(one.weight)}, {scale}{asked}")
        lines += [f"  {exact(value)}  {text.get(language, '')}" for value, text in one.anchors]
    return lines


def _process(rules: Rulebook) -> list[str]:
    better = "lowest" if rules.lower_is_better else "highest"
    measure = "in one criterion" if rules.discrepancy.by_criterion else "in the total"
    lines = [
        f"\nThe score is the sum of weight × mean, exact, rounded once to {rules.decimals} decimals.",
        f"The {better} wins.",
        f"{rules.reviews_per_application} reviewers an application; up to {rules.discrepancy.further_reviewers} more "
        f"when they are {exact(rules.discrepancy.spread_limit)} apart {measure}"
        + (" or would not all pass it." if rules.discrepancy.split_verdict else "."),
    ]
    if rules.threshold is not None:
        lines.append(f"Asked in all: {exact(rules.threshold)}.")
    lines += [f"{entry.id}: {exact(entry.points)} points more." for entry in rules.bonus]
    lines += [f"{entry.id}: {entry.places} places reserved." for entry in rules.reserved]
    lines += _envelopes(rules)
    share = "more than half" if rules.quorum_percent is None else f"{exact(rules.quorum_percent)} %"
    tie = "the chair's vote decides" if rules.chair_breaks_ties else "the motion is not carried"
    lines.append(f"Sessions: {share} of those called must attend ({rules.quorum(9)} of 9); in a tie {tie}.")
    lines.append(f"Minutes are signed within {rules.signature_days} days; then they stand without who is missing.")
    lines += [f"Reviews open {rules.review_opens.isoformat()}."] if rules.review_opens else []
    lines += [f"Reviews close {rules.review_closes.isoformat()}."] if rules.review_closes else []
    published = "every score, by codes and letters" if rules.scores_public else "the official score only"
    lines.append(f"Published: {published}.")
    return [*lines, f"Ties, in order: {', '.join(rules.ties)}."]


CHARGED = {
    ChargedTo.OWN_ENVELOPE: "by the envelope of whoever fills it, set aside there before it is spent; where it is too "
    "little the next holder comes, and with none the place stays empty",
    ChargedTo.ANY_ENVELOPE: "by the envelope of whoever fills it and, for what that lacks, by the others in the order "
    "of what is left over, set aside before they are spent",
    ChargedTo.LEFT_OVER: "by what is left over in the envelopes, before anybody else is offered it",
}


def _envelopes(rules: Rulebook) -> list[str]:
    if rules.envelopes is None:
        return []
    parts = ", ".join(f"{part.id} {exact(part.percent)} %" for part in rules.envelopes.parts)
    lines = [
        f"Envelopes by {rules.envelopes.by}: {parts}; what is left over goes to {', '.join(rules.envelopes.refill)}."
    ]
    if rules.reserved and rules.envelopes.places_charged_to is not None:
        lines.append(f"A reserved place is paid {CHARGED[rules.envelopes.places_charged_to]}.")
    return lines


def _steps(rules: Rulebook, one: Example) -> list[str]:
    lines = [
        f"  {term.criterion}: {' + '.join(exact(sheet[term.criterion]) for sheet in one.sheets)} = "
        f"{exact(term.sum)}; ÷ {term.count} = {exact(term.mean)}; × {exact(term.weight)} = "
        f"{exact(term.contribution)}{'' if term.meets_threshold else '  (below what is asked)'}"
        for term in one.score.terms
    ]
    lines += [f"  {name}: {'−' if rules.lower_is_better else '+'} {exact(points)}" for name, points in one.score.bonus]
    verdict = "passes" if one.score.passes else "does not pass"
    lines.append(f"  score {exact(one.score.exact)}, rounded {one.score.rounded}: {verdict}")
    if one.disagreement.calls_reviewer:
        lines.append(f"  reviewers are {exact(one.disagreement.spread)} apart: one more is called")
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
