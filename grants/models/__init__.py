"""Tables of the mobility fund. Importing this package defines every one of them."""

from grants.models.application import Application, ApplicationVersion, Attachment, CoApplicant
from grants.models.call import Addendum, Call, ConsultationComment

__all__ = [
    "Addendum",
    "Application",
    "ApplicationVersion",
    "Attachment",
    "Call",
    "CoApplicant",
    "ConsultationComment",
]
