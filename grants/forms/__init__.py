"""What people type in the mobility fund: shape and parsing only."""
