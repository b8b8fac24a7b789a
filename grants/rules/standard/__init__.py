"""Documents to start a call from: a form, rules of eligibility and a tariff, complete and in two languages."""

from grants.rules.standard.eligibility import standard_eligibility
from grants.rules.standard.form import GENDERS, standard_form
from grants.rules.standard.tariff import standard_tariff

__all__ = ["GENDERS", "standard_eligibility", "standard_form", "standard_tariff"]
