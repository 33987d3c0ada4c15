"""What designs, their states and specimens are called."""

from flask_babel import lazy_gettext as _l

STATES = {"draft": _l("Being drawn"), "published": _l("Published")}
TONES = {"draft": "warn", "published": "ok"}
KINDS = {
    "competence": _l("Certificates of competence"),
    "completion": _l("Certificates of completion"),
    "attendance": _l("Certificates of attendance"),
    "award": _l("Postgraduate awards"),
    "transcript": _l("Transcripts"),
}
SHIPPED = {"tumpal": "Tumpal", "anyaman": "Anyaman", "songket": "Songket"}
SPECIMENS = {
    "plain": _l("An ordinary name"),
    "long": _l("A name of sixty characters"),
    "one_word": _l("A name of one word"),
    "broad": _l("Broad capitals"),
    "tamil": _l("Tamil"),
    "chinese": _l("Chinese"),
    "jawi": _l("Jawi, from right to left"),
    "many": _l("Many competencies"),
    "annex": _l("Competencies on a second page"),
    "attendance": _l("Attendance, without competencies"),
    "no_end": _l("Completion, without an end of validity"),
    "award": _l("A postgraduate award"),
    "transcript": _l("A transcript of sixteen courses"),
}
LANGUAGES = {"ms": "Bahasa Melayu", "en": "English", "id": "Bahasa Indonesia"}
PLACEHOLDERS = {
    "issuer": _l("Who issues it; may be fitted"),
    "parent": _l("Above it; an element of its own, or nothing"),
    "title": _l("What it is: in the h1"),
    "subtitle": _l("The same in the second language"),
    "subtitle_language": _l("That language, as the attribute lang"),
    "lead": _l("The words before the name"),
    "lead_2": _l("The same in the second language"),
    "name": _l("Whose it is: in a slot; may be fitted"),
    "deed": _l("What they did, by the kind"),
    "deed_2": _l("The same in the second language"),
    "award": _l("In what; may be fitted"),
    "award_2": _l("The same in the second language"),
    "facts": _l("Hours, days, place and points"),
    "claims": _l("The competencies, an element of its own; nothing for attendance"),
    "signatories": _l("Who signs, elements of their own of the classes sig, s1 and s2"),
    "serial_label": _l("The word for the number"),
    "serial": _l("The number: in a slot"),
    "dates_label": _l("The words for the days"),
    "dates": _l("When issued, and how long valid"),
    "check_label": _l("The words for where to check"),
    "check_at": _l("Where to check"),
    "code": _l("The code: in a slot"),
    "qr": _l("The QR code, an element of its own of the class qr: in a slot"),
    "small": _l("The small print"),
}
"""A test compares them with what the press knows."""
