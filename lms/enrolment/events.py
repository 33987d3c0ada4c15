"""What happens to places; sent inside the transaction, after the flush."""

from blinker import Namespace

_signals = Namespace()

enrolled = _signals.signal("enrolled")
"""Sender: Enrolment, confirmed or waiting."""

moved = _signals.signal("moved")
"""Sender: Enrolment in its new state; ``deed``, ``reason``, ``quiet`` (told elsewhere)."""

withdrawn = _signals.signal("withdrawn")
"""Sender: Enrolment, withdrawn."""
