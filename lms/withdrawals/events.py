"""What this feature tells others."""

from blinker import Signal

asked = Signal()
"""A revocation waits for a second person, in the transaction: sender Withdrawal."""
