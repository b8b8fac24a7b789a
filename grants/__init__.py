"""The mobility fund: calls, applications, eligibility, determinations, appeals, awards and reports."""
