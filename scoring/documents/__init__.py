"""The papers of a committee, from frozen content alone."""
