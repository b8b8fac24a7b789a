"""Properties are about answers, not about how busy the machine is."""

from hypothesis import settings

settings.register_profile("scoring", deadline=None, max_examples=60)
settings.load_profile("scoring")
