"""Forms of batches."""

from typing import ClassVar

from flask import request

from lms.web.forms import BaseForm

_OUT, _REASON = "out-", "reason-"


class BatchForm(BaseForm):
    """Who is left out, place by place: ``out-<place>`` ticked, and ``reason-<place>``."""

    also: ClassVar[tuple[str, ...]] = (_OUT, _REASON)

    @property
    def left_out(self) -> dict[str, str]:
        """The reasons by public id of the place."""
        ticked = (name.removeprefix(_OUT) for name in request.form if name.startswith(_OUT))
        return {place: self.reason_of(place) for place in ticked}

    def reason_of(self, place: str) -> str:
        """What was typed beside a place, ticked or not."""
        return request.form.get(_REASON + place, "")[:500]
