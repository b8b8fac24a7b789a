"""The trust fund: ledger, funds and their restrictions, pledges, contributions, receipts and the bank."""
