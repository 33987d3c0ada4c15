"""Any order of deeds keeps what the README promises of places; the drill `seat_model` goes on."""

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.enrolment.machine import Places, prepare

pytestmark = pytest.mark.heavy

# Without Phase.shrink a failure is told at once; with it, the story gets short in some minutes.
QUICK = settings(max_examples=20, stateful_step_count=25, phases=[Phase.generate])


def test_places_in_any_order_of_deeds(app: Flask) -> None:
    del app
    prepare()
    run_state_machine_as_test(Places, settings=QUICK)
