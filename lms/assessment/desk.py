"""Between the marking desk and the service: what stands, what was entered, what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lms.assessment import queries
from lms.assessment.forms import MarkingForm
from lms.assessment.models import GradeEvent, RubricCriterion, RubricLevel, Submission
from lms.kernel.errors import Invalid
from lms.web.forms import Saved, differences
from lms.web.i18n import local

LONGEST_REMARK = 2000


@dataclass(frozen=True)
class Line:
    """A criterion on the desk: the level and the remark it shows, and the grade that stands."""

    criterion: RubricCriterion
    grade: GradeEvent | None
    level_id: int | None
    comment: str

    @property
    def level(self) -> RubricLevel | None:
        """The level that is chosen."""
        return next((one for one in self.criterion.levels if one.id == self.level_id), None)

    @property
    def score(self) -> Decimal:
        """What the chosen level gives."""
        return self.level.score if self.level else Decimal(0)

    @property
    def differs(self) -> bool:
        """Whether something else is saved than what is shown."""
        saved = (self.grade.rubric_level_id, self.grade.comment) if self.grade else (None, "")
        return saved != (self.level_id, self.comment)


def lines(submission: Submission, entered: Mapping[str, str] | None = None) -> list[Line]:
    """Every criterion in order, as it was entered in the fields of a form, else as it stands.

    What a form does not send was not touched: nothing is chosen yet, or the field was not there.
    """
    standing = queries.standing_grades(submission)
    made = []
    for criterion in queries.criteria_of(submission.assessment):
        grade = standing.get(criterion.id)
        level_id, comment = (grade.rubric_level_id, grade.comment) if grade else (None, "")
        if entered is not None:
            level_id = _number(entered.get(f"level-{criterion.public_id}", str(level_id)))
            comment = _plain(entered.get(f"comment-{criterion.public_id}", comment))
        made.append(Line(criterion, grade, level_id, comment))
    return made


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _plain(text: str) -> str:
    return "\n".join(text.strip().splitlines())


def choices(entered: list[Line]) -> dict[int, tuple[int, str]]:
    """What the service is to record; raises Invalid for a remark that would be lost."""
    if any(len(line.comment) > LONGEST_REMARK for line in entered):
        raise Invalid("remark-too-long")
    if any(line.comment and line.level_id is None for line in entered):
        raise Invalid("remark-without-level")
    return {
        line.criterion.id: (line.level_id, line.comment)
        for line in entered
        if line.level_id is not None
    }


def saved_meanwhile(submission: Submission, form: MarkingForm, entered: list[Line]) -> list[Saved]:
    """What is saved where something else was entered."""
    return [
        Saved(local(line.criterion.titles), _words(line.grade)) for line in entered if line.differs
    ] + differences(form, MarkingForm(formdata=None, feedback=submission.feedback))


def _words(grade: GradeEvent | None) -> str:
    if grade is None:
        return ""
    name = f"{local(grade.rubric_level.labels)} ({grade.assessor.name})"
    return f"{name}\n{grade.comment}" if grade.comment else name
