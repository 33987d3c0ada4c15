"""``python -m lms`` is the same program as ``lms``."""

from lms.cli import main

main(prog_name="lms")
