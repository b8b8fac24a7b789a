"""The same report in words: sections for the page, PDF, spreadsheets and JSON."""
