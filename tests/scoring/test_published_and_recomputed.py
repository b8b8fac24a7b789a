"""What a committee decides, and what anybody works out from its published files with the command: the same."""

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.language import in_language
from scoring import queries, services
from scoring.commands import scoring
from scoring.models import Panel, RankingLine
from scoring.rules.reasons import names_in, sentence
from scoring.rules.selection import Reason
from scoring.states import PanelState
from tests.factories import scoring as make

ENVELOPES = {
    "by": "axis",
    "parts": [
        {"id": "1", "name": {"es": "Eje uno", "en": "Axis one"}, "percent": "60"},
        {"id": "2", "name": {"es": "Eje dos", "en": "Axis two"}, "percent": "40"},
    ],
    "refill": ["2", "1"],
    "places_charged_to": "any_envelope",
}
BUDGET_CENTS = 21_000_000


def rules(*, wins: bool = True, **selection: Any) -> dict[str, Any]:
    """Rules with two reserved places, for whose holder winning in open rank uses one or not."""
    document = make.simple_rulebook(3)
    name = {"es": "Primera vez", "en": "First time"}
    document["reserved"] = [{"id": "primera_vez", "name": name, "places": 2, "winner_uses_place": wins}]
    document["selection"] |= {"cap_per_award_cents": 9_000_000} | selection
    return document


def judged(document: dict[str, Any]) -> Panel:
    """A committee of four with twelve dossiers of two axes, some for a first time, that judged each as it pleased."""
    chance = Random(7)
    panel = make.panel(document=document)
    for number in range(12):
        make.dossier(
            panel,
            axis=str(1 + number % 2),
            requested_cents=chance.randrange(2_000_000, 9_000_000, 100),
            entitlements=["primera_vez"] if number % 3 == 0 else [],
        )
    for number in range(4):
        make.seat(panel, 901 + number)
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    for assignment in queries.assignments_of_panel(panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(panel, PanelState.REVIEW)
    for assignment in queries.assignments_of_panel(panel):
        make.review(assignment, *(chance.randint(3, 5) for _criterion in range(4)))
    services.commit_lot(panel)
    services.compute_ranking(panel)
    services.draw_lots(panel, "04.11.23.31.40.52.07")
    services.select(services.compute_ranking(panel), budget_cents=BUDGET_CENTS, currency="MXN")
    return panel


def files_of(panel: Panel, client: FlaskClient, folder: Path) -> list[str]:
    """Write what is published, and what each asks for and has proved; return how the command is told of them."""
    rulebook, lot = folder / "reglas.json", folder / "sorteo.json"
    rulebook.write_bytes(client.get(f"/es/reglas-de-evaluacion/{panel.rulebook.sha256}.json").get_data())
    lot.write_bytes(client.get(f"/es/sorteos/{panel.id}.json").get_data())
    with (folder / "scores.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("application", "reviewer", "criterion", "score"))
        for code, readers in queries.submitted_sheets(panel).items():
            for who, sheet in readers.items():
                out.writerows((code, who, name, str(value)) for name, value in sheet.items())
    with (folder / "applications.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("application", "requested", "axis", "primera_vez"))
        for one in queries.open_dossiers(panel):
            out.writerow((one.code, str(one.requested.decimal), one.axis, "sí" if one.entitlements else "no"))
    given = {"rulebook": rulebook, "lot": lot}
    given |= {name: folder / f"{name}.csv" for name in ("scores", "applications")}
    return [part for name, path in given.items() for part in (f"--{name}", str(path))]


def told(line: RankingLine, panel: Panel) -> dict[str, Any]:
    """Return a line of the committee's order as the command tells one."""
    assert line.determination is not None
    assert line.reason is not None
    with in_language("es"):
        rules = panel.rulebook.rules
        why = sentence(Reason(line.reason), line.reason_params, rules.currency, names_in(rules))
    return {
        "application": line.dossier.code,
        "position": line.position,
        "score": line.score_text,
        "score_exact": line.exact,
        "tie_break": line.trace[1:],  # after the score
        "outcome": line.determination.value,
        "reason": why,
    }


@pytest.mark.parametrize(
    "document",
    [
        rules(),
        rules(wins=False),
        rules(skip_rule="stop", lottery_band="6"),
        rules(skip_rule="partial"),
        rules(envelopes=ENVELOPES),
        rules(envelopes=ENVELOPES | {"places_charged_to": "left_over"}, wins=False),
    ],
)
def test_the_command_finds_what_the_committee_published(
    session: Session, client: FlaskClient, tmp_path: Path, document: dict[str, Any]
) -> None:
    panel = judged(document)
    session.commit()
    arguments = files_of(panel, client, tmp_path)
    answer = CliRunner().invoke(scoring, ["--lang", "es", "rank", *arguments, "--budget", "210000.00", "--json"])
    assert answer.exit_code == 0, answer.output
    ranking = queries.latest_ranking(panel)
    assert ranking is not None
    lines = [told(line, panel) for line in queries.ranking_lines(ranking)]
    found = [{name: row[name] for name in lines[0]} for row in json.loads(answer.stdout)["applications"]]
    assert found == lines
    assert len({line["outcome"] for line in lines}) > 1
