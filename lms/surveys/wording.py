"""What the survey asks, and what its ratings are called."""

from flask_babel import lazy_gettext as _l

RATING_LABELS = {
    "useful": _l("What I learned is useful for my work."),
    "clear": _l("The contents were clear and in good order."),
    "trainers": _l("The trainers knew their subject and taught it well."),
    "materials": _l("The materials and exercises helped me to learn."),
    "organisation": _l("Time, place and organisation were right."),
    "recommend": _l("I would recommend the course to colleagues."),
}
REMARK_LABELS = {
    "helped": _l("What helped you most?"),
    "better": _l("What should be better next time?"),
}
SCALE = {
    1: _l("Not at all"),
    2: _l("Little"),
    3: _l("Partly"),
    4: _l("Mostly"),
    5: _l("Fully"),
}
