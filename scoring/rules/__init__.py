"""Scoring's arithmetic and law: values in, a verdict out, which anyone can recompute from what is published."""
