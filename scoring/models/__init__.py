"""Scoring's tables. No table of this room has a column for a person's name: people are opaque ids and letters."""

from scoring.models.calibration import Calibration, SampleDossier, SampleReading
from scoring.models.courses import CourseSummary
from scoring.models.discussion import DiscussionNote
from scoring.models.dossiers import Dossier, DossierFile
from scoring.models.meetings import Meeting, MeetingMember, MeetingPoint, MeetingVote, MinutesObjection
from scoring.models.panels import Panel, PanelSeat
from scoring.models.rankings import Draw, Ranking, RankingLine
from scoring.models.reviews import (
    Assignment,
    AssignmentOrigin,
    ConflictDeclaration,
    DeclarationOrigin,
    Review,
    ReviewerQuestion,
    Score,
    ScoreChange,
)
from scoring.models.rulebooks import RulebookVersion

__all__ = [
    "Assignment",
    "AssignmentOrigin",
    "Calibration",
    "ConflictDeclaration",
    "CourseSummary",
    "DeclarationOrigin",
    "DiscussionNote",
    "Dossier",
    "DossierFile",
    "Draw",
    "Meeting",
    "MeetingMember",
    "MeetingPoint",
    "MeetingVote",
    "MinutesObjection",
    "Panel",
    "PanelSeat",
    "Ranking",
    "RankingLine",
    "Review",
    "ReviewerQuestion",
    "RulebookVersion",
    "SampleDossier",
    "SampleReading",
    "Score",
    "ScoreChange",
]
