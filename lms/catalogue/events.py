"""What happens to courses; sent inside the transaction, an exception undoes it."""

from blinker import Namespace

_signals = Namespace()

course_publishing = _signals.signal("course_publishing")
"""Before a draft is frozen; sender: CourseVersion. A handler above may raise Invalid."""
