"""Forms of designs."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.designs.service import Look
from lms.printing.design_rules import LONGEST
from lms.printing.values import Room
from lms.web.forms import BaseForm, EditForm, choices

UNDERLAYS = {
    "tumpal": _l("Tumpal: triangles above and below"),
    "woven": _l("Anyaman: a woven band at the left"),
    "songket": _l("Songket: a frame of flowers"),
    "": _l("Plain paper"),
}
PAPERS = {"landscape": _l("A4, on its side"), "portrait": _l("A4, upright")}
_NEEDED = InputRequired(_l("Fill in this field."))


class BeginForm(BaseForm):
    """A new design, begun from another."""

    name = StringField(_l("Name"), [_NEEDED, Length(max=80)])
    source = SelectField(_l("Begin with"), validate_choice=False)
    provider = SelectField(_l("Institute"), validate_choice=False)


class MarkForm(BaseForm):
    """A picture to stand on certificates: a file, or what was drawn on the page."""

    use = StringField(validators=[_NEEDED])
    signatory = StringField(validators=[Length(max=200)])
    file = FileField(_l("Picture (PNG or JPEG)"))
    drawn = StringField()


class MarkOffForm(BaseForm):
    """Which picture is taken off."""

    use = StringField(validators=[_NEEDED])
    signatory = StringField(validators=[Length(max=200)])


class ChooseForm(BaseForm):
    """Which design certificates of a kind are printed in."""

    kind = StringField(validators=[_NEEDED])
    design = StringField(validators=[_NEEDED])


class LookForm(EditForm):
    """A draft as it looks; ``person`` and ``spoken`` say for whom the picture is."""

    also: ClassVar[tuple[str, ...]] = ("person", "spoken")

    html = TextAreaField(_l("Page (HTML)"), [_NEEDED, Length(max=LONGEST)])
    css = TextAreaField(_l("Style (CSS)"), [Length(max=LONGEST)])
    underlay = SelectField(_l("Artwork"), choices=choices(UNDERLAYS))
    paper = SelectField(_l("Paper"), choices=choices(PAPERS))
    lines = IntegerField(_l("Lines of competencies, set large"), [NumberRange(0, 60)])
    dense = IntegerField(_l("Lines of competencies, set small"), [NumberRange(0, 80)])
    across = IntegerField(_l("Characters a line"), [NumberRange(20, 160)])

    @property
    def look(self) -> Look:
        """What was typed."""
        room = Room(self.lines.data or 0, self.dense.data or 0, self.across.data or 0)
        return Look(
            html=(self.html.data or "").replace("\r\n", "\n"),
            css=(self.css.data or "").replace("\r\n", "\n"),
            underlay=self.underlay.data or "",
            landscape=self.paper.data == "landscape",
            room=room,
        )
