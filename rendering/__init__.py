"""PDF, charts and spreadsheets. Knows no domain."""
