"""What this feature tells others."""

from blinker import Signal

moved = Signal()
"""A certificate has moved after issue, in the transaction: sender Certificate; ``deed``."""
