"""The computations from files: known answers, and every fault named with its file, row and field."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scoring.commands import scoring
from tests.factories import scoring as make
from tests.factories.rules import standard_rulebook
from tests.factories.scoring import CRITERIA
from tests.scoring.rules.test_severity import SNSF_RANKS, SNSF_VOTES

AFFINITY = "application,ana,beto,carla\nA1,0.9,0.1,0.5\nA2,0.8,0.7,\nA3,0.2,0.6,0.4\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(scoring, ["--lang", "en", *arguments])


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2 if ", row " in result.stderr else result.exit_code in (1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


ASSIGN = ("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")


class TestAssign:
    def test_the_best_assignment_with_its_figures(self, folder: Path) -> None:
        write(folder, a_csv=AFFINITY)
        found = answer(*ASSIGN)
        assert found["assignments"] == [["A1", "ana"], ["A2", "beto"], ["A3", "carla"]]
        assert found["objective"] == pytest.approx(2.0)
        assert found["mean"] == pytest.approx(2 / 3)
        assert found["worst_served"] == {"application": "A3", "affinity": 0.4}
        assert found["loads"] == {"ana": 1, "beto": 1, "carla": 1}
        assert found["seconds"] >= 0

    def test_conflicts_and_institutions_are_kept(self, folder: Path) -> None:
        write(
            folder,
            a_csv=AFFINITY,
            c_csv="application,reviewer\nA1,ana\n",
            i_csv="reviewer,institution\nana,U\nbeto,U\n",
        )
        found = answer(
            "assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "2", "--conflicts", "c.csv"
        )
        assert ["A1", "ana"] not in found["assignments"]
        together = refusal(
            "assign", "--affinity", "a.csv", "--per-application", "2", "--max-load", "3", "--institutions", "i.csv"
        )
        assert "TooManyConflicts" in together
        assert "A2" in together

    def test_a_minimum_load_says_what_it_costs_the_worst_served(self, folder: Path) -> None:
        write(folder, a_csv="application,ana,beto\nA1,0.9,0.1\nA2,0.8,0.2\n")
        base = ("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "2")
        assert "warning" not in answer(*base)
        found = answer(*base, "--min-load", "1")
        assert found["warning"].startswith("The minimum load costs the worst-served application: ")
        assert "without the minimum the worst would get 0.8" in found["warning"]

    def test_affinities_however_small_are_not_rounded_away(self, folder: Path) -> None:
        write(folder, a_csv="application,ana,beto\nA1,3e-7,1e-7\nA2,2.0e-7,1.5e-12\n")
        assert answer(*ASSIGN)["objective"] == pytest.approx(3.000015e-7, rel=1e-12)
        write(folder, a_csv="application,ana,beto\nA1,0.1,0.3\nA2,0.30000000000000004,0.1000\n")
        assert answer(*ASSIGN)["objective"] == 0.3 + 0.30000000000000004

    def test_under_a_cap_the_seed_fixes_the_draw(self, folder: Path) -> None:
        write(folder, a_csv=AFFINITY.replace("0.7,", "0.7,0.3"))
        capped = (*ASSIGN, "--cap", "0.5", "--seed", "s")
        found = answer(*capped)
        assert answer(*capped)["assignments"] == found["assignments"]
        assert max(Fraction(chance) for _a, _r, chance in found["probabilities"]) == Fraction(1, 2)
        assert "--seed" in refusal(*ASSIGN, "--cap", "0.5")
        assert "CapTooTight" in refusal(*ASSIGN, "--cap", "0.2", "--seed", "s")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "a.csv, row 1, field application: the header starts with «application»"),
            ("application,ana,ana\nA1,1,1\n", "a.csv, row 1, field ana: the reviewer «ana» is repeated"),
            ("application,ana\nA1,1\nA1,1\n", "a.csv, row 3, field application: the application «A1» is repeated"),
            ("application,ana\nA1,mucho\n", "a.csv, row 2, field ana: «mucho» is not a number"),
            ("application,ana\nA1,inf\n", "a.csv, row 2, field ana: «inf» is not a number"),
            ("application,ana\nA1,1,2\n", "a.csv, row 2, field ana: has 3 cells and the header 2"),
            ("application,ana\n", "a.csv, row 2: has no applications"),
            ("application,ana\nA1,1\nA2,1\n", "TooFewReviewers"),
            ("application|ana\nA1|1\n", "commas, semicolons or tabs: «application|ana»"),
            ("application,ana\nA1,1_0\n", "a.csv, row 2, field ana: «1_0» is not a number"),
            ("application,ana\nA1,١\n", "a.csv, row 2, field ana: «١» is not a number"),
            ('application,ana\nA1,1\nA2,"1\n', "a.csv, row 3: is not CSV"),
            ("\ufeffapplication,ana\r\n\r\nA1,1e400\r\n", "a.csv, row 3, field ana: «1e400» is not a number"),
            ("application,,ana\nA1,,1\n", "a.csv, row 1, field 2: the reviewer «» is repeated or has no name"),
        ],
    )
    def test_what_is_wrong_is_named(self, folder: Path, content: str, said: str) -> None:
        write(folder, a_csv=content)
        assert said in refusal(*ASSIGN)

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("A9,ana", "c.csv, row 2, field application: «A9» is not among the affinities"),
            ("A1,zoe", "c.csv, row 2, field reviewer: «zoe» is not among the affinities"),
            ("ana,ana", "c.csv, row 2, field reviewer: «ana» is in conflict with itself"),
            ("A1,", "c.csv, row 2, field reviewer: is empty"),
        ],
    )
    def test_a_conflict_with_strangers_or_oneself_is_named(self, folder: Path, row: str, said: str) -> None:
        write(folder, a_csv=AFFINITY, c_csv=f"application,reviewer\n{row}\n")
        assert said in refusal(*ASSIGN, "--conflicts", "c.csv")


def rulebook(**changes: Any) -> str:
    document = standard_rulebook({"es": "Reglas", "en": "Rules"})
    document["ties"] = ["criterion:impacto", "lot"]
    return json.dumps(document | changes)


def scores(**marks: list[tuple[int, int, int, int]]) -> str:
    lines = ["application,reviewer,criterion,score"]
    for application, sheets in marks.items():
        for number, sheet in enumerate(sheets, start=1):
            lines += [f"{application},r{number},{name},{mark}" for name, mark in zip(CRITERIA, sheet, strict=True)]
    return "\n".join(lines) + "\n"


RANK = ("rank", "--rulebook", "r.json", "--scores", "s.csv")
MARKS = {"A": [(5, 4, 4, 4)] * 3, "B": [(4, 5, 4, 4), (4, 4, 4, 4), (4, 4, 4, 5)], "C": [(2, 2, 2, 2)] * 3}


class TestRank:
    def test_every_application_has_its_score_exactly_and_why(self, folder: Path) -> None:
        write(folder, r_json=rulebook(), s_csv=scores(**MARKS))
        found = answer(*RANK)
        first, second, last = found["applications"]
        assert (first["application"], first["position"], first["score"], first["score_exact"]) == (
            "A",
            1,
            "86.00",
            "86",
        )
        assert (second["application"], second["score"], second["score_exact"]) == ("B", "83.00", "83")
        assert (last["position"], last["outcome"], last["reason_code"]) == (None, "below_threshold", "below_criteria")
        assert last["reason"].startswith("It does not reach the rulebook's threshold for: Quality of the proposal, ")
        assert last["thresholds"] == {"calidad": False, "impacto": False, "viabilidad": True, "overall": False}
        assert second["terms"][1] == {
            "criterion": "impacto",
            "weight": "6",
            "sum": "13",
            "count": 3,
            "mean": "13/3",
            "contribution": "26",
        }
        assert (second["spread"], second["further_review_due"]) == ("6", False)
        assert found["diagnosis"]["variance"] is None
        assert "fewer than 5 reviews a reviewer" in found["diagnosis"]["refused"]
        assert first["expected_rank"] is None

    def test_applications_with_fewer_reviews_than_the_rules_ask_for_are_named(self, folder: Path) -> None:
        write(folder, r_json=rulebook(), s_csv=scores(**MARKS | {"B": MARKS["B"][:2]}))
        assert answer(*RANK)["short_of_reviews"] == {"B": 2}
        assert "With fewer reviews than the 3 the rulebook asks for: B (2)." in run(*RANK).stderr
        write(folder, s_csv=scores(**MARKS))
        assert answer(*RANK)["short_of_reviews"] == {}

    def test_a_budget_selects_with_its_reason_and_a_tie_waits_for_the_lot(self, folder: Path) -> None:
        write(
            folder, r_json=rulebook(), s_csv=scores(**MARKS), p_csv="application,requested,barrio\nA,600,\nB,500,yes\n"
        )
        chosen = (*RANK, "--applications", "p.csv", "--budget", "1000")
        rows = {row["application"]: row for row in answer(*chosen)["applications"]}
        assert rows["B"]["score_exact"] == "86"
        assert rows["B"]["terms"][-1] == {"bonus": "barrio", "points": "3"}
        assert [step["rule"] for step in rows["B"]["tie_break"]] == ["criterion:impacto"]
        assert (rows["B"]["position"], rows["B"]["outcome"], rows["B"]["granted"]) == (1, "awarded", "500.00")
        assert (rows["A"]["outcome"], rows["A"]["reason_code"]) == ("waitlisted", "waitlisted_budget")
        assert "needs the requested amount of «A»" in refusal(*RANK, "--budget", "1000")
        parts = [{"id": one, "name": {"es": one}, "percent": "50"} for one in ("uno", "dos")]
        envelopes = {"by": "axis", "parts": parts, "refill": ["uno", "dos"], "places_charged_to": "any_envelope"}
        document = json.loads(rulebook())
        document["reserved"] = standard_rulebook({"es": "R"})["reserved"]
        document["selection"]["envelopes"] = envelopes
        held = "application,requested,axis,primera_vez\nA,600,uno,\nB,700,dos,yes\n"
        write(folder, r_json=json.dumps(document), p_csv=held)
        found = answer(*chosen)
        assert found["reserved_places"] == [{"group": "primera_vez", "places": 2, "empty": 1}]
        reasons = {one["application"]: one["reason"] for one in found["applications"]}
        assert "paid by these envelopes: dos, uno." in reasons["B"]
        said = run("explain", "r.json").output
        assert "Envelopes by axis: uno 50 %, dos 50 %" in said
        assert "A reserved place is paid by the envelope of whoever fills it and, for what that lacks," in said
        write(folder, r_json=rulebook())
        tied = scores(A=[(4, 4, 4, 4)] * 3, B=[(4, 4, 4, 4)] * 3)
        write(folder, s_csv=tied, p_csv="application,requested\nA,600\nB,500\n")
        assert "LotNeeded" in refusal(*chosen)
        write(folder, l_json=json.dumps({"places": {"A": 2, "B": 1}}))
        drawn = {row["application"]: row for row in answer(*chosen, "--lot", "l.json")["applications"]}
        assert [drawn[name]["position"] for name in "AB"] == [2, 1]

    def test_expected_ranks_are_the_published_ones(self, folder: Path) -> None:
        document = standard_rulebook({"es": "SNSF"})
        anchors = [{"value": str(mark), "text": {"es": str(mark)}} for mark in range(1, 7)]
        document["criteria"] = [
            document["criteria"][0]
            | {"weight": "1", "threshold": None, "anchors": anchors}
            | {"scale": {"min": "1", "max": "6", "step": "1", "better": "lower"}}
        ]
        document |= {"weights_total": "1", "bonus": [], "reserved": [], "ties": ["lot"]}
        document["score"] |= {"threshold": None}
        document["discrepancy"] |= {"spread_limit": "5", "split_verdict": False}
        votes = [
            f"#{number},v{voter},{mark}"
            for number, marks in enumerate(SNSF_VOTES.split(), start=1)
            for voter, mark in enumerate(marks, start=1)
        ]
        write(folder, r_json=json.dumps(document), s_csv="application,reviewer,score\n" + "\n".join(votes))
        found = answer(*RANK)
        rows = {row["application"]: row for row in found["applications"]}
        ranks = [rows[f"#{number}"]["expected_rank"] for number in range(1, 16)]
        assert ranks == pytest.approx(SNSF_RANKS, abs=0.1)
        assert rows["#1"]["interval_95"][0] <= rows["#1"]["interval_50"][0] <= rows["#1"]["interval_50"][1]
        assert found["diagnosis"]["variance"]["reviewer"] == pytest.approx(1.98190, abs=1e-4)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("A,r1,calidad,6", "s.csv, row 2, field score: 6 is not on the scale of «calidad»: from 0 to 5 by 1"),
            ("A,r1,calidad,4.5", "s.csv, row 2, field score: 4.5 is not on the scale"),
            ("A,r1,belleza,4", "s.csv, row 2, field criterion: the rulebook has no criterion «belleza»"),
            ("A,r1,calidad,diez", "s.csv, row 2, field score: «diez» is not a number"),
            ("A,,calidad,4", "s.csv, row 2, field reviewer: is empty"),
            (
                "A,r1,calidad,4",
                "s.csv, row 2, field criterion: «r1» does not score impacto, viabilidad, alcance of «A»",
            ),
            ("A,r1,calidad,4\nA,r1,calidad,4", "s.csv, row 3, field criterion: «r1» scores «calidad» of «A» twice"),
            ("A,r1,calidad", "s.csv, row 2, field score: has 3 cells and the header 4"),
        ],
    )
    def test_a_bad_score_is_named(self, folder: Path, line: str, said: str) -> None:
        write(folder, r_json=rulebook(), s_csv=f"application,reviewer,criterion,score\n{line}\n")
        assert said in refusal(*RANK)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("application,requested\nZ,10\n", "p.csv, row 2, field application: «Z» has no scores"),
            ("application,requested\nA,10\nA,10\n", "p.csv, row 3, field application: «A» is repeated"),
            ("application,requested\nA,gratis\n", "p.csv, row 2, field requested:"),
            ("application,requested\nA,-5\n", "p.csv, row 2, field requested: is not above nought"),
            ("application,apodo\nA,x\n", "p.csv, row 2, field apodo: is neither requested nor a bonus"),
            ("application,barrio\nA,quizá\n", "p.csv, row 2, field barrio: «quizá» is neither yes nor no"),
        ],
    )
    def test_bad_facts_of_an_application_are_named(self, folder: Path, content: str, said: str) -> None:
        write(folder, r_json=rulebook(), s_csv=scores(**MARKS), p_csv=content)
        assert said in refusal(*RANK, "--applications", "p.csv")

    def test_an_unknown_amount_wins_no_tie(self, folder: Path) -> None:
        alike = {"A": MARKS["A"], "B": MARKS["A"]}
        write(folder, r_json=rulebook(ties=["lower_request", "lot"]), s_csv=scores(**alike))
        write(folder, p_csv="application,requested\nA,100\nB,90\n")
        assert [one["application"] for one in answer(*RANK, "--applications", "p.csv")["applications"]] == ["B", "A"]
        write(folder, p_csv="application,requested\nA,100\nB,\n")
        said = refusal(*RANK, "--applications", "p.csv")
        assert "p.csv, field requested: a tie is broken by the amount asked for, and «B» has none" in said

    def test_lines_with_nothing_on_them_are_no_scores_and_keep_their_number(self, folder: Path) -> None:
        text = scores(**MARKS)
        write(folder, r_json=rulebook(), s_csv=text)
        expected = answer(*RANK)
        write(folder, s_csv=text.replace("\n", "\r\n \r\n,,,\r\n"))
        assert answer(*RANK) == expected
        write(folder, s_csv=text.replace("\n", "\n\n") + "A,r1,calidad,9\n")
        assert "s.csv, row 75, field score: 9 is not on the scale" in refusal(*RANK)

    def test_a_rulebook_that_contradicts_itself_is_refused_with_each_problem(self, folder: Path) -> None:
        write(folder, r_json=rulebook(weights_total="99"), s_csv=scores(**MARKS))
        said = refusal(*RANK)
        assert "$.weights_total: The weights add up to 20 and the rulebook says 99." in said
        write(folder, r_json="{")
        assert "r.json: is not JSON" in refusal(*RANK)


class TestReliability:
    def test_shrout_and_fleiss_and_krippendorff(self, folder: Path) -> None:
        table = ["9 2 5 8", "6 1 3 2", "8 4 6 8", "7 1 2 6", "10 5 6 9", "6 2 4 7"]
        lines = [
            f"t{target},j{judge},{mark}" for target, row in enumerate(table) for judge, mark in enumerate(row.split())
        ]
        write(folder, s_csv="application,reviewer,score\n" + "\n".join(lines))
        found = answer("reliability", "--scores", "s.csv")
        assert (found["icc_1"], found["icc_k"]) == pytest.approx((0.1657, 0.4428), abs=5e-5)
        assert found["variance"] == pytest.approx(
            {"application": 2.55556, "reviewer": 5.24444, "residual": 1.01944}, abs=1e-4
        )
        assert found["refused"] is None
        coders = [
            "1 2 3 3 2 1 4 1 2 * * *",
            "1 2 3 3 2 2 4 1 2 5 * 3",
            "* 3 3 3 2 3 4 2 2 5 1 *",
            "1 2 3 3 2 4 4 1 2 5 1 *",
        ]
        lines = [
            f"u{unit},c{coder},{mark}"
            for coder, row in enumerate(coders)
            for unit, mark in enumerate(row.split())
            if mark != "*"
        ]
        write(folder, s_csv="application,reviewer,score\n" + "\n".join(lines))
        assert answer("reliability", "--scores", "s.csv")["alpha"] == pytest.approx(0.8491, abs=5e-5)

    def test_a_review_given_twice_is_named_by_what_the_file_has(self, folder: Path) -> None:
        write(folder, s_csv="application,reviewer,score\nA,r1,3\nA,r1,3\n")
        assert "s.csv, row 3, field reviewer: «r1» scores «A» twice" in refusal("reliability", "--scores", "s.csv")

    def test_each_criterion_has_its_own_figures(self, folder: Path) -> None:
        write(folder, s_csv=scores(**MARKS))
        found = answer("reliability", "--scores", "s.csv")
        assert list(found["criteria"]) == list(CRITERIA)
        assert found["criteria"]["viabilidad"]["alpha"] == 1.0
        assert "alpha:" in run("reliability", "--scores", "s.csv").output


class TestDraw:
    def test_the_published_example_of_the_protocol(self, folder: Path) -> None:
        write(folder, l_txt="lavenderblush\nblue\ndarkgoldenrod\n")
        made = run("draw", "commit", "--labels", "l.txt", "--source", "Melate", "--secret", "totally not a bikeshed")
        (folder / "c.json").write_text(made.stdout, encoding="utf-8")
        reveal = ("draw", "reveal", "--commitment", "c.json", "--randomness", "1.2.3.4.5.6./" * 3, "--secret")
        shown = run(*reveal, "totally not a bikeshed")
        drawn = json.loads(shown.stdout)
        assert drawn["tickets"]["lavenderblush"].startswith("002ed527ae0a")
        assert drawn["tickets"]["blue"].startswith("03f710be")
        assert drawn["tickets"]["darkgoldenrod"].startswith("08bab813")
        assert drawn["places"] == {"lavenderblush": 1, "blue": 2, "darkgoldenrod": 3}
        assert "does not open the commitment" in refusal(*reveal, "another")
        (folder / "d.json").write_text(shown.stdout, encoding="utf-8")
        check = ("draw", "verify", "--commitment", "c.json", "--result", "d.json")
        assert run(*check).exit_code == 0
        drawn["places"] |= {"blue": 1, "lavenderblush": 2}
        write(folder, d_json=json.dumps(drawn))
        assert "«lavenderblush» has place 2 and the lot gives 1" in refusal(*check) or "«blue» has place 1" in refusal(
            *check
        )

    @pytest.mark.usefixtures("clock")
    def test_the_command_repeats_the_lot_of_a_committee_from_what_its_page_gives(
        self, folder: Path, client: FlaskClient, session: Session
    ) -> None:
        panel, _ranking = make.released_panel()
        session.commit()
        write(folder, l_json=client.get(f"/es/sorteos/{panel.id}.json").text)
        checked = run("draw", "verify", "--commitment", "l.json", "--result", "l.json")
        assert checked.output == "The lot is what its commitment and the randomness produce.\n"

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"commitment": "ñ" * 64}, "field commitment: is not the hash committed to: 64 hexadecimal digits"),
            ({"protocol": "dice"}, "field protocol: is not hmac-sha256-chain"),
        ],
    )
    def test_a_commitment_of_something_else_is_refused(self, folder: Path, changed: dict[str, str], said: str) -> None:
        write(folder, l_txt="uno\ndos\n")
        made = json.loads(run("draw", "commit", "--labels", "l.txt", "--source", "x", "--secret", "s").stdout)
        write(folder, c_json=json.dumps(made | changed))
        shown = refusal("draw", "reveal", "--commitment", "c.json", "--secret", "s", "--randomness", "r")
        assert f"c.json, {said}" in shown

    def test_repeated_or_missing_labels_are_refused(self, folder: Path) -> None:
        write(folder, l_txt="uno\nuno\n")
        said = refusal("draw", "commit", "--labels", "l.txt", "--source", "x")
        assert said == "Error: l.txt, row 2: «uno» is repeated\n"  # and no secret was made for it
        write(folder, l_txt="\n")
        assert "l.txt, row 1: has no labels" in refusal("draw", "commit", "--labels", "l.txt", "--source", "x")
        write(folder, c_json="{}")
        assert "field labels" in refusal(
            "draw", "reveal", "--commitment", "c.json", "--secret", "s", "--randomness", "r"
        )


class TestExplain:
    def test_the_rulebook_and_three_examples_step_by_step(self, folder: Path) -> None:
        write(folder, r_json=rulebook())
        said = run("explain", "r.json").output
        assert "Quality of the proposal (calidad): weight 6, 0 to 5 by 1, at least 3" in said
        assert "5  Excellent: fully addressed, with evidence." in said
        assert "Ties, in order: criterion:impacto, lot." in said
        assert said.count("\nExample ") == 3
        examples = answer("explain", "r.json")["examples"]
        assert [one["passes"] for one in examples] == [True, True, False]
        assert examples[0]["score"] == "100.00"
        assert examples[1]["further_review_due"] is True
