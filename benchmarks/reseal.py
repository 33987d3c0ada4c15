"""How long a change of the data key takes, and how long the doctor looks at what is sealed."""

import tempfile
import time
from pathlib import Path

from lms import doctor
from tests import make
from tests.people import test_resealing as house

VALUES = 10_000


def main() -> None:
    """Seal as many secrets and as many personal keys anew."""
    with (
        tempfile.TemporaryDirectory() as name,
        make.own_app("reseal", Path(name)) as app,
        app.app_context(),
    ):
        house.use(app, house.NEW, house.OLD)
        house.fill(house.people(VALUES), VALUES, VALUES)
        began = time.monotonic()
        print(house.reseal(app)[1].splitlines()[0])
        print(f"lms keys reseal: {time.monotonic() - began:.1f} s")
        house.use(app, house.NEW)
        began = time.monotonic()
        print(doctor.sealed() or "All of them can be opened.")
        print(f"lms doctor: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
