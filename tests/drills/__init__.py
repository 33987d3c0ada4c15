"""Drills: break things on purpose and count what is lost.

``python -m tests.drills.NAME [--database sqlite|postgresql] [--size small|full] [--control]``

The last line is one JSON object with the figures; the exit status is 1 when a number does not
hold. ``--control`` takes away what protects, so it must fail: it shows that the drill can see.
"""
