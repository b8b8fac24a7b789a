"""Each benchmark runs, small: it must not rot between two releases. What it measures is for `make bench`."""

import os
import subprocess
import sys

import pytest

from tests.served import ROOT

ENGINE = os.environ.get("PUENTE_TEST_DATABASE", "sqlite")


def run(*arguments: str) -> str:
    # As from a shell, where the tests' own settings are not.
    own = {name: value for name, value in os.environ.items() if name != "PUENTE_BUILD_FOLDER"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--engine", ENGINE, *arguments],
        cwd=ROOT,
        env={**own, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.mark.only_on("postgresql")  # where the peer takes part as well
@pytest.mark.usefixtures("database")
def test_every_benchmark_of_the_books_runs() -> None:
    said = run("posting", "batches", "givers", "giving")
    titles = ("Posting one gift", "Posting in batches of 1,000", "16 givers at once", "The application's own path")
    for title in titles:
        assert f"{title}, {ENGINE}" in said
    assert said.count("of raw, same schema; target") == 2
    assert "no busy error: met" in said


@pytest.mark.only_on("sqlite")  # paper knows no database
def test_the_benchmark_of_receipts_runs() -> None:
    assert "Receipts" in run("receipts")


@pytest.mark.only_on("postgresql")
@pytest.mark.usefixtures("database")
def test_the_benchmark_of_the_officers_list_runs() -> None:
    said = run("queue")
    assert f"An officer's list of 200 applications, {ENGINE}" in said
    assert "as many queries for 50 applications: met" in said


@pytest.mark.only_on("sqlite")  # where processes wait for each other; a whole site is served for it
def test_the_last_evening_runs_and_loses_nothing() -> None:
    said = run("evening")
    assert f"The last evening with 16 drafts, {ENGINE}" in said
    assert "answers that were not expected: none: met" in said
    assert "not all there: none: met" in said


@pytest.mark.only_on("sqlite")  # computed from files
def test_every_benchmark_of_scoring_runs() -> None:
    said = run("scoring")
    for title in ("Assigning 60 × 12", "Agreement on 60 applications", "Ranking 60 applications × 3"):
        assert title in said


def test_a_name_that_is_no_benchmark_is_refused() -> None:
    with pytest.raises(AssertionError, match="unknown: nada"):
        run("nada")
