"""Between the rubric form and the service: choices in, facts out."""

from decimal import ROUND_HALF_UP, Decimal

from wtforms import Form

from lms.assessment.drafting import CriterionFacts, LevelFacts
from lms.assessment.forms import CriterionForm
from lms.assessment.models import EvidenceType
from lms.catalogue.models import CourseVersion
from lms.standards import queries as standards_queries
from lms.web.forms import choices
from lms.web.i18n import local

# The four quality levels every new rubric line begins with: share of the weight, and the
# competency level shown relative to the one the criterion stands for (None shows nothing).
QUALITY = (
    (Decimal(0), None, {"ms": "Belum", "en": "Not yet", "id": "Belum"}),
    (Decimal("0.4"), -1, {"ms": "Berkembang", "en": "Developing", "id": "Berkembang"}),
    (Decimal("0.8"), 0, {"ms": "Kompeten", "en": "Competent", "id": "Kompeten"}),
    (Decimal(1), 1, {"ms": "Kukuh", "en": "Strong", "id": "Kuat"}),
)
HIGHEST_LEVEL = 4


def texts(form: Form, name: str) -> dict[str, str]:
    """The three language fields of a form as one value."""
    return {
        language: (form[f"{name}_{language}"].data or "").strip() for language in ("ms", "en", "id")
    }


def criterion_form(version: CourseVersion) -> CriterionForm:
    """The form with the statements of the course to choose from."""
    form = CriterionForm()
    form.item.choices = choices(
        {m.item_id: f"{m.item.code} {local(m.item.statements)}" for m in version.mappings}
    )
    return form


def criterion_facts(form: CriterionForm) -> CriterionFacts:
    """The form as the service wants it."""
    cent = Decimal("0.01")
    weight = (form.weight.data or Decimal(0)).quantize(cent)
    level = form.level.data
    levels = tuple(
        LevelFacts(
            score=(weight * share).quantize(cent, ROUND_HALF_UP),
            level=0 if step is None else max(0, min(HIGHEST_LEVEL, level + step)),
            labels=labels,
            descriptors={"en": (form[f"descriptor_{rank}"].data or "").strip()},
        )
        for rank, (share, step, labels) in enumerate(QUALITY)
    )
    return CriterionFacts(
        titles=texts(form, "title"),
        weight=weight,
        item=standards_queries.item_by_id(form.item.data),
        level=level,
        levels=levels,
        mandatory=bool(form.mandatory.data),
        evidence=EvidenceType(form.evidence.data),
    )
