"""Forms of enrolment."""

from typing import ClassVar

from flask import request

from lms.web.forms import BaseForm

_MARK = "presence-"


class RollForm(BaseForm):
    """The roll: fields are named ``presence-<place>``."""

    also: ClassVar[tuple[str, ...]] = (_MARK,)

    def marks(self) -> dict[str, str]:
        """What was chosen, by the public id of the place."""
        chosen = request.form.items()
        return {name.removeprefix(_MARK): value for name, value in chosen if name.startswith(_MARK)}
