"""Rulebooks, committees, assignment, blind dossiers, reviews, ranking and lots. Knows nobody's name."""
