"""Words of the catalogue that features above speak too."""

from flask_babel import lazy_gettext as _l

APPROVER_LABELS = {"agency": _l("The agency"), "provider": _l("The institute")}
