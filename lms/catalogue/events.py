"""What happens to courses and offerings; sent inside the transaction, an exception undoes it."""

from blinker import Namespace

_signals = Namespace()

course_publishing = _signals.signal("course_publishing")
"""Before a draft is frozen; sender: CourseVersion. A handler above may raise Invalid."""

version_begun = _signals.signal("version_begun")
"""Sender: the new draft; ``source``, the version it was copied from, and ``by``."""

version_moved = _signals.signal("version_moved")
"""Sender: CourseVersion after a deed of ``states``; ``deed``, ``by``, ``reason``."""

item_unmapped = _signals.signal("item_unmapped")
"""Sender: the draft; ``item_id`` is no more part of it, nor what marked it."""

offering_cancelled = _signals.signal("offering_cancelled")
"""Sender: Offering that does not take place; ``by``, ``now``, ``reason``."""

offering_moving = _signals.signal("offering_moving")
"""Sender: Offering with its new days and sessions; ``elsewhere`` when its venue changes,
``accepted``, ``by``. A handler above may raise Invalid, with the field ``accepted`` when the person
may say that it is meant."""

offering_moved = _signals.signal("offering_moved")
"""Sender: Offering with its new days and venue; ``told``, the accounts that another mail of the
same deed tells, nobody unless it says so."""
