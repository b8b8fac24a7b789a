"""Tests."""

import os

# Before anybody imports numpy: on matrices as small as ours its second thread does nothing but wait, at full speed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
