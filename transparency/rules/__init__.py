"""What the figures of a report are, how they are hidden where they would show a person, and whether they add up."""
