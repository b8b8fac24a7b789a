"""Checks on the shape of the house: what import contracts cannot see."""
