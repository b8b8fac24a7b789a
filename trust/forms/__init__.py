"""Shapes of what people type about money."""

from trust.forms.fund_closings import FundClosingForm
from trust.forms.funds import FundForm
from trust.forms.giving import (
    LARGEST_EVIDENCE_BYTES,
    AssignHeldForm,
    ConfirmForm,
    DeliveryForm,
    FindReceiptForm,
    GiveForm,
    InKindForm,
    ReasonForm,
    RefundForm,
    TransferBackForm,
    TransferForm,
    currencies,
    fund_options,
)
from trust.forms.offers import AcceptForm, OfferForm
from trust.forms.packages import BenefitDeliveryForm, PackageForm
from trust.forms.pledges import ApplyForm, PledgeForm

__all__ = [
    "LARGEST_EVIDENCE_BYTES",
    "AcceptForm",
    "ApplyForm",
    "AssignHeldForm",
    "BenefitDeliveryForm",
    "ConfirmForm",
    "DeliveryForm",
    "FindReceiptForm",
    "FundClosingForm",
    "FundForm",
    "GiveForm",
    "InKindForm",
    "OfferForm",
    "PackageForm",
    "PledgeForm",
    "ReasonForm",
    "RefundForm",
    "TransferBackForm",
    "TransferForm",
    "currencies",
    "fund_options",
]
