"""`puente scoring draw`: a lot committed before, revealed after, repeated by anybody."""

import re
import secrets
from pathlib import Path
from typing import Any

import click

from scoring.commands.tables import A_FILE, BadFile, Words, read_json, show
from scoring.rules.lots import PROTOCOL, Commitment, Reveal, commit, draw, opens, tickets, verify

MOST_ITERATIONS = 1_000_000  # a second of hashing
HASH = re.compile("[0-9a-f]{64}")


@click.group("draw")
def draw_command() -> None:
    """Commit to a lot, reveal it, verify it."""


@draw_command.command("commit")
@click.option("--labels", required=True, type=A_FILE, help="Text: a label a line.")
@click.option(
    "--source", required=True, type=Words(), help="The public randomness that will decide, named before it exists."
)
@click.option(
    "--iterations", default=10, type=click.IntRange(2, MOST_ITERATIONS), help="How often the secret is hashed."
)
@click.option(
    "--secret", type=Words(), help="Text; a random one is made and printed to the error output when left out."
)
def draw_commit(*, labels: Path, source: str, iterations: int, secret: str | None) -> None:
    """Print the commitment to publish; keep the secret until the randomness is out."""
    try:
        names = [line.strip() for line in labels.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise BadFile(labels, "is not UTF-8 text") from None
    if not names:
        raise BadFile(labels, "has no labels")
    if secret is None:
        secret = secrets.token_hex(32)
        click.echo(f"secret, to keep until the reveal: {secret}", err=True)
    try:
        made = commit(names, source, secret.encode(), iterations)
    except ValueError as fault:
        raise BadFile(labels, str(fault)) from None
    show(
        {
            "protocol": PROTOCOL,
            "labels": list(made.labels),
            "randomness_source": made.randomness_source,
            "iterations": made.iterations,
            "commitment": made.digest,
        }
    )


@draw_command.command("reveal")
@click.option("--commitment", required=True, type=A_FILE, help="What `commit` printed.")
@click.option("--secret", required=True, type=Words(), help="The secret committed to.")
@click.option("--randomness", required=True, type=Words(), help="The public value, exactly as published.")
def draw_reveal(*, commitment: Path, secret: str, randomness: str) -> None:
    """Draw: print the places, the tickets and all that is needed to repeat them."""
    committed = _commitment(commitment)
    revealed = Reveal(secret.encode(), randomness)
    if not opens(committed, revealed):
        raise BadFile(commitment, "the secret does not open the commitment", field="commitment")
    order = draw(committed, revealed)
    drawn = tickets(committed.labels, revealed, committed.iterations)
    show(
        {
            "protocol": PROTOCOL,
            "randomness": randomness,
            "secret": secret,
            "places": {label: place for place, label in enumerate(order, start=1)},
            "tickets": {label: drawn[label] for label in order},
        }
    )


@draw_command.command("verify")
@click.option("--commitment", required=True, type=A_FILE, help="What `commit` printed.")
@click.option("--result", required=True, type=A_FILE, help="What `reveal` printed.")
def draw_verify(*, commitment: Path, result: Path) -> None:
    """Draw again and compare; fail at the first thing that does not agree."""
    committed, published = _commitment(commitment), read_json(result)
    secret, randomness, places = (published.get(name) for name in ("secret", "randomness", "places"))
    if not isinstance(secret, str) or not isinstance(randomness, str) or not isinstance(places, dict):
        raise BadFile(result, "lacks its secret, randomness or places")
    if not all(type(place) is int for place in places.values()):
        raise BadFile(result, "are not whole numbers", field="places")
    revealed = Reveal(secret.encode(), randomness)
    if not opens(committed, revealed):
        raise BadFile(result, "the secret does not open the commitment", field="secret")
    drawn = tickets(committed.labels, revealed, committed.iterations)
    if published.get("tickets", drawn) != drawn:
        raise BadFile(result, "are not those of the lot", field="tickets")
    if not verify(committed, revealed, places):
        right = {label: place for place, label in enumerate(draw(committed, revealed), start=1)}
        wrong = next(label for label in {**right, **places} if right.get(label) != places.get(label))
        said = f"«{wrong}» has place {places.get(wrong)} and the lot gives {right.get(wrong)}"
        raise BadFile(result, said, field="places")
    click.echo("The lot is what its commitment and the randomness produce.")


def _commitment(path: Path) -> Commitment:
    document: dict[str, Any] = read_json(path)
    labels, source = document.get("labels"), document.get("randomness_source")
    iterations, digest = document.get("iterations"), document.get("commitment")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels) or not labels:
        raise BadFile(path, "is not a list of labels", field="labels")
    if type(iterations) is not int or not 2 <= iterations <= MOST_ITERATIONS:
        raise BadFile(path, f"is not a whole number from 2 to {MOST_ITERATIONS}", field="iterations")
    if not isinstance(digest, str) or not HASH.fullmatch(digest):
        raise BadFile(path, "is not the hash committed to: 64 hexadecimal digits", field="commitment")
    if document.get("protocol", PROTOCOL) != PROTOCOL:
        raise BadFile(path, f"is not {PROTOCOL}", field="protocol")
    if len(set(labels)) != len(labels):
        raise BadFile(path, "a label is repeated", field="labels")
    return Commitment(tuple(sorted(labels)), str(source), iterations, digest)
