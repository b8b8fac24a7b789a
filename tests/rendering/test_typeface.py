"""The typeface is registered once a process, whole, however many threads ask for it first."""

import subprocess
import sys

# A second thread measures text while the first is half way through: it must wait, not find a face missing.
TWO_THREADS = """
from threading import Thread
from reportlab.pdfbase import pdfmetrics
from rendering.typeface import ITALIC, SEMIBOLD, text_width

widths, second = [], Thread(target=lambda: widths.append(text_width("Puente", SEMIBOLD, 10)))
register = pdfmetrics.registerFont

def interrupted(font):
    register(font)
    if font.fontName == ITALIC:
        second.start()
        second.join(timeout=0.2)

pdfmetrics.registerFont = interrupted
widths.append(text_width("Puente", SEMIBOLD, 10))
second.join()
assert len(widths) == 2 and widths[0] == widths[1] > 0, widths
"""


def test_a_second_thread_waits_for_the_whole_typeface() -> None:
    done = subprocess.run([sys.executable, "-c", TWO_THREADS], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
