"""Tables of the mobility fund. Importing this package defines every one of them."""

from grants.models.application import Application, ApplicationVersion, Attachment, CoApplicant
from grants.models.award import Agreement, Award, ExpenseLine, ExpenseReport, Tranche
from grants.models.blinding import BlindClearing
from grants.models.call import Addendum, Call, ConsultationComment
from grants.models.correction import DataCorrection
from grants.models.determination import Appeal, AppealAdmission, Determination, Letter
from grants.models.feedback import FeedbackText
from grants.models.held_upload import HeldUpload
from grants.models.mail import ApplicationMail
from grants.models.mark import ApplicationAlike, ApplicationMark, SharedMark
from grants.models.note import ApplicationNote
from grants.models.outage import ServiceOutage
from grants.models.paper import PaperApplication, PaperImport
from grants.models.partial_upload import PartialUpload, UploadPurpose
from grants.models.queue import ApplicationOfficer, BulkAction, BulkRow, SavedFilter
from grants.models.readmission import Readmission
from grants.models.retention import Destruction, RetentionHold
from grants.models.roster import CommitteeDraw, ReviewerProfile
from grants.models.screening import CureRequest, PayingOrganisation, Screening
from grants.models.sketch import Sketch
from grants.models.subscription import CallSubscription, SubscriptionLetter
from grants.models.wording import LetterWording

__all__ = [
    "Addendum",
    "Agreement",
    "Appeal",
    "AppealAdmission",
    "Application",
    "ApplicationAlike",
    "ApplicationMail",
    "ApplicationMark",
    "ApplicationNote",
    "ApplicationOfficer",
    "ApplicationVersion",
    "Attachment",
    "Award",
    "BlindClearing",
    "BulkAction",
    "BulkRow",
    "Call",
    "CallSubscription",
    "CoApplicant",
    "CommitteeDraw",
    "ConsultationComment",
    "CureRequest",
    "DataCorrection",
    "Destruction",
    "Determination",
    "ExpenseLine",
    "ExpenseReport",
    "FeedbackText",
    "HeldUpload",
    "Letter",
    "LetterWording",
    "PaperApplication",
    "PaperImport",
    "PartialUpload",
    "PayingOrganisation",
    "Readmission",
    "RetentionHold",
    "ReviewerProfile",
    "SavedFilter",
    "Screening",
    "ServiceOutage",
    "SharedMark",
    "Sketch",
    "SubscriptionLetter",
    "Tranche",
    "UploadPurpose",
]
