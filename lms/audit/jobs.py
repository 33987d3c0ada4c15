"""What the worker does for the trail between jobs."""

from lms.audit import heads, sealing
from lms.jobs import ticks
from lms.kernel import clock

_sweep = sealing.Sweep()


@ticks.every(1.0)
def seal() -> None:
    """Seal what has come in, and let the head out: at once to one file, hourly to the other."""
    _sweep.run()
    heads.export(now=clock.now())
