"""`puente scoring draw`: a lot committed before, revealed after, repeated by anybody."""

import re
import secrets
from pathlib import Path
from typing import Any

import click

from core.language import N_, _
from scoring.commands.spoken import Group, option
from scoring.commands.tables import A_FILE, BadFile, Differs, Words, no_text, read_json, show
from scoring.rules.lots import PROTOCOL, Commitment, Reveal, commit, draw, opens, tickets, verify

MOST_ITERATIONS = 1_000_000  # a second of hashing
HASH = re.compile("[0-9a-f]{64}")


@click.group("draw", cls=Group, help=N_("Compromete un sorteo, lo realiza y lo comprueba."))
def draw_command() -> None:
    """Group the steps of a lot."""


@draw_command.command(
    "commit", help=N_("Dice el compromiso que se publica; guarda el secreto hasta que exista el azar.")
)
@option("--labels", required=True, type=A_FILE, help=N_("Texto: un código por renglón."))
@option("--source", required=True, type=Words(), help=N_("El azar público que decidirá, nombrado antes de que exista."))
@option(
    "--iterations",
    default=10,
    type=click.IntRange(2, MOST_ITERATIONS),
    help=N_("Cuántas veces se pasa el secreto por la función hash."),
)
@option(
    "--secret", type=Words(), help=N_("Texto; si no se da, se hace uno al azar y se dice por la salida de errores.")
)
def draw_commit(*, labels: Path, source: str, iterations: int, secret: str | None) -> None:
    """Print the commitment to publish."""
    try:
        lines = [line.strip() for line in labels.read_text(encoding="utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise no_text(labels) from None
    names: dict[str, int] = {}
    for row, name in enumerate(lines, start=1):
        if name and names.setdefault(name, row) != row:
            raise BadFile(labels, _("«%(name)s» se repite", name=name), row=row)
    if not names:
        raise BadFile(labels, _("no tiene códigos"), row=1)
    if secret is None:
        secret = secrets.token_hex(32)
        click.echo(_("secreto, que se guarda hasta realizarlo: %(secret)s", secret=secret), err=True)
    made = commit(list(names), source, secret.encode(), iterations)
    show(
        {
            "protocol": PROTOCOL,
            "labels": list(made.labels),
            "randomness_source": made.randomness_source,
            "iterations": made.iterations,
            "commitment": made.digest,
        }
    )


@draw_command.command(
    "reveal", help=N_("Sortea: dice los lugares, los números y todo lo que hace falta para repetirlo.")
)
@option("--commitment", required=True, type=A_FILE, help=N_("Lo que dijo `commit`."))
@option("--secret", required=True, type=Words(), help=N_("El secreto comprometido."))
@option("--randomness", required=True, type=Words(), help=N_("El valor público, tal como se publicó."))
def draw_reveal(*, commitment: Path, secret: str, randomness: str) -> None:
    """Print the lot, drawn."""
    committed = _commitment(commitment)
    revealed = Reveal(secret.encode(), randomness)
    if not opens(committed, revealed):
        raise BadFile(commitment, _("el secreto no es el comprometido"), field="commitment")
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


@draw_command.command("verify", help=N_("Sortea otra vez y compara; falla en lo primero que no coincide."))
@option("--commitment", required=True, type=A_FILE, help=N_("Lo que dijo `commit`."))
@option("--result", required=True, type=A_FILE, help=N_("Lo que dijo `reveal`."))
def draw_verify(*, commitment: Path, result: Path) -> None:
    """Draw again and compare."""
    committed, published = _commitment(commitment), read_json(result)
    secret, randomness, places = (published.get(name) for name in ("secret", "randomness", "places"))
    if not isinstance(secret, str) or not isinstance(randomness, str) or not isinstance(places, dict):
        raise BadFile(result, _("le falta el secreto, el azar o los lugares"))
    if not all(type(place) is int for place in places.values()):
        raise BadFile(result, _("no son números enteros"), field="places")
    revealed = Reveal(secret.encode(), randomness)
    if not opens(committed, revealed):
        raise Differs(result, _("el secreto no es el comprometido"), field="secret")
    drawn = tickets(committed.labels, revealed, committed.iterations)
    if published.get("tickets", drawn) != drawn:
        raise Differs(result, _("no son los del sorteo"), field="tickets")
    if not verify(committed, revealed, places):
        right = {label: place for place, label in enumerate(draw(committed, revealed), start=1)}
        wrong = next(label for label in {**right, **places} if right.get(label) != places.get(label))
        given, due = places.get(wrong), right.get(wrong)
        said = _("«%(name)s» tiene el lugar %(given)s y el sorteo da %(due)s", name=wrong, given=given, due=due)
        raise Differs(result, said, field="places")
    click.echo(_("El sorteo es el que resulta de su compromiso y del azar."))


def _commitment(path: Path) -> Commitment:
    document: dict[str, Any] = read_json(path)
    labels, source = document.get("labels"), document.get("randomness_source")
    iterations, digest = document.get("iterations"), document.get("commitment")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels) or not labels:
        raise BadFile(path, _("no es una lista de códigos"), field="labels")
    if type(iterations) is not int or not 2 <= iterations <= MOST_ITERATIONS:
        raise BadFile(path, _("no es un número entero de 2 a %(most)s", most=MOST_ITERATIONS), field="iterations")
    if not isinstance(digest, str) or not HASH.fullmatch(digest):
        raise BadFile(path, _("no es la huella comprometida: 64 cifras hexadecimales"), field="commitment")
    if document.get("protocol", PROTOCOL) != PROTOCOL:
        raise BadFile(path, _("no es %(protocol)s", protocol=PROTOCOL), field="protocol")
    if len(set(labels)) != len(labels):
        raise BadFile(path, _("un código se repite"), field="labels")
    return Commitment(tuple(sorted(labels)), str(source), iterations, digest)
