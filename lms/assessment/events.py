"""What happens to submitted work; sent inside the transaction, after the flush."""

from blinker import Namespace

_signals = Namespace()

results_released = _signals.signal("results_released")
"""Sender: Submission, released. Payload: ``by`` (user id of the releasing assessor), ``now``."""
