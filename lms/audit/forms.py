"""The filter of the trail; sent by GET, so that a view of the trail has an address."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from lms.audit import names, queries, wording
from lms.web.forms import BaseForm, choices

DATE = _l("Enter a date.")


class FilterForm(BaseForm):
    """Who, what, to which object, when; all of it optional."""

    class Meta(BaseForm.Meta):
        """A form that only reads needs no token."""

        csrf = False

    person = StringField(_l("Person"), [Optional(), Length(max=100)])
    action = SelectField(
        _l("Action"), [Optional()], choices=choices({"": _l("Every action"), **wording.ACTIONS})
    )
    kind = SelectField(
        _l("Kind of object"),
        [Optional()],
        choices=choices({"": _l("Every kind"), **wording.OBJECTS}),
    )
    about = StringField(_l("Object"), [Optional(), Length(max=16)])
    start = DateField(_l("From"), [Optional()])
    end = DateField(_l("To"), [Optional()])

    def wanted(self, zone: str) -> queries.Filter:
        """The filter; days begin and end in the given zone."""
        people = names.directory().search(self.person.data) if self.person.data else None
        kind, ids = self._object()
        return queries.Filter(
            actors=people,
            action=self.action.data or None,
            object_type=kind,
            object_ids=ids,
            start=_midnight(self.start.data, zone) if self.start.data else None,
            end=_midnight(self.end.data, zone, 1) if self.end.data else None,
        )

    def _object(self) -> tuple[str | None, list[int] | None]:
        kind, about = self.kind.data or None, (self.about.data or "").strip()
        if not about:
            return kind, None
        for one in (kind,) if kind else wording.OBJECTS:
            ids = queries.ids_by_public_id(one, about)
            if ids:
                return one, ids
        return kind, []


def _midnight(day: datetime, zone: str, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=ZoneInfo(zone))
