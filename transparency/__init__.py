"""Reads every room and publishes: reports, open data and the public record."""
