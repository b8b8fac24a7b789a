"""One fictitious year of the trust and its fund, made by the same services that people use."""
