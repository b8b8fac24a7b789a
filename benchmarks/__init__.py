"""Ours, the floor and a peer, measured in turn in one process."""
