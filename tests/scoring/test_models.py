import pytest
from sqlalchemy import UniqueConstraint, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database import Base
from scoring import models, queries, services
from scoring.states import PanelState
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")

TABLES = sorted(
    mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("scoring.")
)


def refused(session: Session, statement: str) -> None:
    """The statement reaches rows, and the database refuses it."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement))


# --- blindness by structure --------------------------------------------------


def test_no_table_has_a_column_for_a_name_or_a_road_to_one() -> None:
    assert len(TABLES) == 24
    words = (
        "name",
        "nombre",
        "email",
        "mail",
        "phone",
        "curp",
        "rfc",
        "handle",
        "user",
        "applicant",
        "folio",
        "person",
    )
    for table in TABLES:
        columns = [column.name for column in Base.metadata.tables[table].columns]
        assert [name for name in columns if any(word in name for word in words)] == []
        roads = {key.column.table.name for key in Base.metadata.tables[table].foreign_keys}
        assert roads <= {*TABLES, "stored_file"}


def test_every_foreign_key_has_an_index() -> None:
    for table in TABLES:
        described = Base.metadata.tables[table]
        leading = {next(iter(index.columns)).name for index in described.indexes}
        leading |= {
            next(iter(constraint.columns)).name
            for constraint in described.constraints
            if isinstance(constraint, UniqueConstraint)
        }
        for key in described.foreign_keys:
            assert key.parent.name in leading, f"{table}.{key.parent.name}"


# --- what the database refuses, by raw SQL -----------------------------------


def test_a_frozen_rulebook_cannot_change(session: Session) -> None:
    make.rulebook()
    refused(session, "UPDATE rulebook_version SET version = 9")
    refused(session, "DELETE FROM rulebook_version")


def test_a_submitted_review_and_its_scores_cannot_change(session: Session) -> None:
    make.reviewed_panel(1)
    refused(session, "UPDATE review SET state = 'draft', submitted_at = NULL")
    refused(session, "UPDATE review SET submitted_at = '2026-01-01 00:00:00'")
    refused(session, "DELETE FROM review")
    refused(session, "UPDATE score SET numerator = 5")
    refused(session, "UPDATE score SET numerator = 5, version = 2")
    refused(session, "UPDATE score SET justification = 'otra'")
    refused(session, "DELETE FROM score")
    refused(
        session,
        "INSERT INTO score (review_id, criterion, numerator, denominator, justification, version) "
        "SELECT id, 'belleza', 5, 1, '', 1 FROM review",
    )


def test_a_score_changes_only_to_what_its_record_says(session: Session) -> None:
    panel = make.reviewed_panel(1)
    services.advance_panel(panel, PanelState.DISCUSSION)
    review = queries.assignments_of_panel(panel)[0].review
    assert review is not None
    services.change_submitted_score(review, "calidad", value="2", justification="x" * 20, reason="Deliberación.")
    score = next(one for one in review.scores if one.criterion == "calidad")
    refused(session, f"UPDATE score SET numerator = 5, version = 3 WHERE id = {score.id}")
    refused(session, f"UPDATE score SET version = 3 WHERE id = {score.id}")
    refused(session, "UPDATE score_change SET reason = 'otra'")
    refused(session, "DELETE FROM score_change")


def test_a_review_set_aside_stays_so(session: Session) -> None:
    panel = make.assigned_panel(1)
    assignment = queries.assignments_of_panel(panel)[0]
    make.review(assignment)
    services.withdraw_assignment(assignment, reason="Sin respuesta.")
    refused(session, "UPDATE review SET state = 'submitted', set_aside_at = NULL, set_aside_reason = NULL")
    refused(session, "UPDATE score SET numerator = 5, version = 2")


def test_declarations_are_only_added(session: Session) -> None:
    make.assigned_panel(1)
    refused(session, "UPDATE conflict_declaration SET explanation = 'x'")
    refused(session, "DELETE FROM conflict_declaration")


def test_a_released_ranking_cannot_change(session: Session) -> None:
    _panel, ranking = make.released_panel()
    refused(session, "UPDATE ranking SET budget_cents = 1")
    refused(session, "UPDATE ranking_line SET granted_cents = 1 WHERE granted_cents > 0")
    refused(session, "UPDATE ranking_line SET place = place + 100")
    refused(session, "DELETE FROM ranking_line")
    refused(session, "DELETE FROM ranking")
    refused(
        session,
        "INSERT INTO ranking_line (ranking_id, dossier_id, place, awaits_lot, exact, score_text, terms, bonus, failed, "
        f"trace, granted_cents, reason_params) SELECT {ranking.id}, dossier_id, 99, awaits_lot, exact, score_text, "
        "terms, bonus, failed, trace, 0, reason_params FROM ranking_line",
    )


def test_no_line_moves_into_a_released_ranking_and_no_score_into_a_submitted_review(session: Session) -> None:
    _panel, ranking = make.released_panel()
    other = services.compute_ranking(make.reviewed_panel(1, call_key="otra", first_reviewer_id=931))
    refused(session, f"UPDATE ranking_line SET ranking_id = {ranking.id}, place = 99 WHERE ranking_id = {other.id}")
    submitted = queries.assignments_of_panel(ranking.panel)[0].review
    assert submitted is not None
    third = make.assigned_panel(1, call_key="tercera", first_reviewer_id=961)
    draft = services.save_review_draft(queries.assignments_of_panel(third)[0], make.entries(4, 4, 4, 4))
    refused(
        session,
        f"UPDATE score SET review_id = {submitted.id}, criterion = 'belleza' "
        f"WHERE review_id = {draft.id} AND criterion = 'calidad'",
    )


def test_a_lot_cannot_be_changed_after_its_commitment_nor_drawn_twice(session: Session) -> None:
    panel = make.reviewed_panel()
    services.commit_lot(panel)
    refused(session, "UPDATE draw SET secret_hex = commitment")
    refused(session, "UPDATE draw SET labels = '[]'")
    refused(session, "UPDATE draw SET iterations = 3")
    refused(session, "UPDATE draw SET randomness_source = '{}'")
    refused(session, "UPDATE draw SET committed_at = '2026-01-01 00:00:00'")
    refused(session, "DELETE FROM draw")
    services.compute_ranking(panel)
    services.draw_lots(panel, "1.2.3")
    refused(session, "UPDATE draw SET randomness = '3.2.1'")
    refused(session, "UPDATE draw SET places = '{}'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE panel SET state = 'released'",
        "UPDATE panel SET state = 'imaginary'",
        "UPDATE panel SET review_closes_at = review_opens_at",
        "UPDATE assignment SET state = 'submitted'",
        "UPDATE assignment SET state = 'recused'",
        "UPDATE assignment SET ended_at = assigned_at",
        "UPDATE review SET state = 'submitted'",
        "UPDATE review SET submitted_at = saved_at",
        "UPDATE review SET set_aside_at = saved_at",
        "UPDATE score SET denominator = 0",
        "UPDATE score SET denominator = NULL",
        "UPDATE dossier SET requested_cents = 0",
        "UPDATE dossier SET withdrawn_at = received_at",
        "UPDATE panel_seat SET letter = 'A'",
        "INSERT INTO panel (call_key, title, rulebook_id, state, review_opens_at, review_closes_at, opened_at) "
        "SELECT call_key, title, rulebook_id, state, review_opens_at, review_closes_at, opened_at FROM panel",
    ],
)
def test_states_are_tied_to_their_columns(session: Session, statement: str) -> None:
    panel = make.assigned_panel(1)
    services.save_review_draft(queries.assignments_of_panel(panel)[0], make.entries(4, 4, 4, 4))
    refused(session, statement)


def test_a_draft_may_still_be_thrown_away(session: Session) -> None:
    panel = make.assigned_panel(1)
    services.save_review_draft(queries.assignments_of_panel(panel)[0], make.entries(4, 4, 4, 4))
    session.execute(text("DELETE FROM score"))
    session.execute(text("DELETE FROM review"))
    assert session.query(models.Review).count() == 0


def test_relationships_point_only_downstairs() -> None:
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__.startswith("scoring."):
            for relation in inspect(mapper).relationships:
                assert relation.mapper.class_.__module__.split(".")[0] in {"scoring", "core"}
