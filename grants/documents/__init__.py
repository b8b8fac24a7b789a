"""Documents of the mobility fund as PDF."""
