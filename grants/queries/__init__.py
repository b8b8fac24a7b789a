"""Every SELECT of the mobility fund."""
