"""What this feature tells others."""

from blinker import Signal

moved = Signal()
"""An application has moved: sender Application; ``deed`` and ``reason``."""

time_chosen = Signal()
"""An applicant has chosen a time, or another one: sender Application, with its slot; ``now``."""

time_freed = Signal()
"""A time that was chosen is not kept: sender Application; the free ``slot``; ``now``;
``reason`` where the institute has called it off."""
