"""Hand in work, mark it by rubric, release it; and build assessments of draft courses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessment import desk, drafting, queries, service
from lms.assessment.building import criterion_facts, criterion_form, texts
from lms.assessment.forms import (
    AssessmentForm,
    CriterionForm,
    MarkingForm,
    RequiredForm,
    SubmissionForm,
)
from lms.assessment.models import Submission
from lms.assessment.permissions import access_submission
from lms.audit import history
from lms.catalogue.models import CourseVersion, Offering
from lms.catalogue.permissions import access_course_version
from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, Role, allowed
from lms.people.models import User
from lms.storage import scanning, uploads
from lms.storage.receiving import receive
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.forms import INVALID_ANSWER, takes
from lms.web.running import settings

bp = Blueprint("assessment", __name__)


@bp.route("/places/<public_id>/assessments/<assessment_id>", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_SUBMISSION_CREATE)
@takes(SubmissionForm)
@limits.uploads
def submit(public_id: str, assessment_id: str) -> ResponseReturnValue:
    """Hand in a file for an assessment of one's own course."""
    need = Permission.ASSESSMENT_SUBMISSION_CREATE
    enrolment = access_enrolment(public_id, current_actor(), need)
    version_id = enrolment.offering.course_version_id
    assessment = queries.assessment_of(version_id, assessment_id)
    form = SubmissionForm()
    if form.validate_on_submit():
        try:
            _receive(form, enrolment, assessment_id)
        except Invalid as refused:
            form.apply(refused)
        except Conflict as again:
            form.apply(Invalid(again.code, fields={"file": again.code}))
        else:
            flash(_("Your work is handed in."), "success")
            return redirect(url_for("enrolment.place", public_id=public_id))
    return render_template(
        "assessment/submit.html",
        form=form,
        enrolment=enrolment,
        assessment=assessment,
        criteria=queries.criteria_of(assessment),
        accepted=uploads.ACCEPTED_LIST,
        limit=settings().upload_limit,
    ), (422 if form.is_submitted() else 200)


def _receive(form: SubmissionForm, enrolment: Enrolment, assessment_id: str) -> None:
    upload = receive(form.file.data, limit=settings().upload_limit)
    with transaction():
        scanning.quarantine(upload.digest)
        assessment = queries.assessment_of(enrolment.offering.course_version_id, assessment_id)
        service.submit(assessment, enrolment, upload, by=current_user_id(), now=clock.now())


@bp.get("/submissions/<public_id>")
@requires(Permission.ASSESSMENT_SUBMISSION_READ)
def submission(public_id: str) -> ResponseReturnValue:
    """Work with its result; grades are shown to its author only once released."""
    actor = current_actor()
    found = access_submission(public_id, actor, Permission.ASSESSMENT_SUBMISSION_READ)
    own = found.enrolment.user_id == actor.user_id
    open_to_reader = found.state == "released" or not own
    return render_template(
        "assessment/submission.html",
        submission=found,
        criteria=queries.criteria_of(found.assessment),
        grades=queries.standing_grades(found) if open_to_reader else {},
        result=queries.result_of(found) if open_to_reader else None,
        own=own,
    )


@bp.get("/submissions/<public_id>/files/<artefact_id>")
@requires(Permission.ASSESSMENT_SUBMISSION_READ)
def artefact(public_id: str, artefact_id: str) -> ResponseReturnValue:
    """A file of a submission, as an attachment."""
    found = access_submission(public_id, current_actor(), Permission.ASSESSMENT_SUBMISSION_READ)
    file = queries.artefact_of(found, artefact_id)
    return download(scanning.release(file.digest), file.file_name, file.media_type)


@bp.route("/submissions/<public_id>/marking", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_SUBMISSION_MARK)
@takes(MarkingForm)
def mark(public_id: str) -> ResponseReturnValue:
    """The marking desk: work and rubric side by side; saves grades, and releases when asked."""
    found = access_submission(public_id, current_actor(), Permission.ASSESSMENT_SUBMISSION_MARK)
    form = MarkingForm(feedback=found.feedback, row_version=found.row_version)
    overtaken = False
    if form.validate_on_submit():
        try:
            released = _record(found, form)
        except (Invalid, Conflict) as refused:
            overtaken = refused.code == "stale"
            if overtaken:
                form.overtaken(found.row_version)
            else:
                form.apply(Invalid(refused.code))
        else:
            message = _("The result is released.") if released else _("The grades are saved.")
            flash(message, "success")
            return redirect(url_for("assessment.mark", public_id=public_id))
    return _marking_page(found, form, overtaken=overtaken)


def _marking_page(found: Submission, form: MarkingForm, *, overtaken: bool) -> tuple[str, int]:
    standing = desk.lines(found)
    entered = desk.lines(found, request.form) if form.is_submitted() else standing
    marked, total = queries.marked_counts(found)
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "assessment/marking.html",
        submission=found,
        form=form,
        lines=standing if found.state == "released" else entered,
        unsaved=[line for line in entered if line.differs],
        saved=desk.saved_meanwhile(found, form, entered) if overtaken else None,
        longest=desk.LONGEST_REMARK,
        marked=marked,
        total=total,
        others=[s for s in queries.waiting_for(current_user_id()) if s.id != found.id],
    ), (409 if overtaken else status)


def _record(found: Submission, form: MarkingForm) -> bool:
    choices = desk.choices(desk.lines(found, request.form))
    by, now = current_user_id(), clock.now()
    feedback = form.feedback.data or ""
    release = request.form.get("action") == "release"
    refused = None
    with transaction():
        service.grade(found, choices, feedback=feedback, by=by, now=now, seen=form.seen)
        form.saw(found.row_version)
        if release:
            try:
                with db.session.begin_nested():
                    service.release(found, by=by, now=now, seen=form.seen)
            except (Invalid, Conflict) as refusal:
                refused = refusal  # what was marked so far is kept all the same
    if refused is not None:
        raise refused
    return release


@bp.route("/manage/courses/<public_id>/assessments/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(AssessmentForm)
def new_assessment(public_id: str) -> ResponseReturnValue:
    """Add an assessment to a draft course."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    form = AssessmentForm()
    if form.validate_on_submit():
        try:
            with transaction():
                drafting.create_assessment(version, _facts(form), by=current_user_id())
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"code": taken.code}))
        else:
            flash(_("The assessment is added. Write its rubric next."), "success")
            return redirect(url_for("catalogue.draft", public_id=public_id))
    status = 422 if form.is_submitted() else 200
    return render_template("assessment/assessment_form.html", form=form, version=version), status


def _facts(form: AssessmentForm) -> drafting.AssessmentFacts:
    return drafting.AssessmentFacts(
        code=(form.code.data or "").strip(),
        titles=texts(form, "title"),
        instructions={"en": form.instructions.data or ""},
        pass_mark=form.pass_mark.data,
        required=form.required.data,
    )


@bp.route(
    "/manage/courses/<public_id>/assessments/<assessment_id>/criteria/new",
    methods=["GET", "POST"],
)
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(CriterionForm)
def new_criterion(public_id: str, assessment_id: str) -> ResponseReturnValue:
    """Add a rubric line, mapped to a statement the course is mapped to."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    assessment = queries.assessment_of(version.id, assessment_id)
    form = criterion_form(version)
    if form.validate_on_submit():
        try:
            with transaction():
                drafting.add_criterion(assessment, criterion_facts(form), by=current_user_id())
        except (Invalid, Conflict) as refused:
            form.apply(Invalid(refused.code))
        else:
            flash(_("The criterion is added."), "success")
            return redirect(url_for("catalogue.draft", public_id=public_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "assessment/criterion_form.html", form=form, version=version, assessment=assessment
    ), status


@bp.post("/manage/courses/<public_id>/assessments/<assessment_id>/required")
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(RequiredForm)
def require(public_id: str, assessment_id: str) -> ResponseReturnValue:
    """Say whether the certificate of a draft course asks for a pass in an assessment."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    assessment = queries.assessment_of(version.id, assessment_id)
    form = RequiredForm()
    form.insist()
    with transaction():
        drafting.require(assessment, required=form.required.data == "yes", by=current_user_id())
    flash(_("Saved."), "success")
    return redirect(url_for("catalogue.draft", public_id=public_id))


def _draft_panel(version: CourseVersion) -> str:
    return render_template(
        "assessment/_draft_panel.html",
        version=version,
        assessments=queries.assessments_of(version.id),
        form=RequiredForm(formdata=None),
    )


def _course_panel(version: CourseVersion) -> str:
    found = queries.assessments_of(version.id)
    return render_template("assessment/_course_panel.html", assessments=found)


def _offering_panel(offering: Offering) -> str:
    return render_template(
        "assessment/_offering_panel.html",
        offering=offering,
        submissions=queries.submissions_in(offering),
    )


def _place_panel(enrolment: Enrolment) -> str:
    return render_template(
        "assessment/_place_panel.html",
        enrolment=enrolment,
        assessments=queries.assessments_of(enrolment.offering.course_version_id),
        submissions=queries.submissions_of(enrolment),
        own=enrolment.user_id == current_actor().user_id,
    )


def _desk_panel(user: User) -> str:
    if not current_actor().paths(Role.TRAINER):
        return ""
    return render_template("assessment/_desk_panel.html", waiting=queries.waiting_for(user.id))


def _history_panel(submission: Submission) -> str:
    return history.block(
        [("submission", submission.id)],
        manages=allowed(current_actor(), Permission.ASSESSMENT_SUBMISSION_MARK, submission),
        zone=submission.enrolment.offering.course_version.course.provider.timezone,
    )


def add_panels() -> None:
    """Add to the pages below, and the history to our own."""
    panels.add("assessment.marking", _history_panel)
    panels.add("assessment.submission.end", _history_panel)
    panels.add("catalogue.draft", _draft_panel)
    panels.add("catalogue.course", _course_panel)
    panels.add("catalogue.offering", _offering_panel)
    panels.add("enrolment.place", _place_panel)
    panels.add("people.desk", _desk_panel)
