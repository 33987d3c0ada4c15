"""What happens to courses and offerings; sent inside the transaction, an exception undoes it."""

from blinker import Namespace

_signals = Namespace()

course_publishing = _signals.signal("course_publishing")
"""Before a draft is frozen; sender: CourseVersion. A handler above may raise Invalid."""

offering_cancelled = _signals.signal("offering_cancelled")
"""Sender: Offering that does not take place; ``by``, ``now``, ``reason``."""

offering_moved = _signals.signal("offering_moved")
"""Sender: Offering with its new days and venue."""
