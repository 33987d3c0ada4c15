"""What this feature tells others."""

from blinker import Signal

moved = Signal()
"""An application has moved: sender Application; ``deed`` and ``reason``."""
