"""Sentences for what is wrong with a file, or with a row of a table that is imported."""

from flask_babel import lazy_gettext as _l

FILES = {
    "file-empty": _l("The file is empty. Choose another."),
    "file-too-large": _l("The file is too large. Choose a smaller one."),
    "file-type-refused": _l(
        "This kind of file is not taken, or its content does not match its name."
        " Taken are: csv, docx, jpg, pdf, png, pptx, txt, webp, xlsx."
    ),
    "file-archive-refused": _l(
        "This document holds what documents do not hold: too much, programs, or other archives."
        " Save it anew without macros and attachments, or hand in a PDF."
    ),
    "file-picture-too-large": _l("This picture has more than 40 million pixels. Make it smaller."),
    "file-picture-damaged": _l("This picture cannot be opened. Save it anew and try again."),
    "file-in-quarantine": _l("The file is being checked for viruses. Try again in a minute."),
    "file-infected": _l("The virus scanner found something in this file. It is not handed out."),
    "file-handed-in-already": _l("This file is handed in already."),
}
IMPORTS = {
    "import-faulty": _l("The file has faults; nothing was imported."),
    "import-done-already": _l("This file is imported already."),
    "import-raced": _l("Somebody imported the same framework a moment ago. Check the file again."),
    "import-not-csv": _l("This is not a table in CSV form."),
    "import-not-json": _l("This is not JSON."),
    "import-read-as-windows-1252": _l("The file is not UTF-8; it was read as Windows-1252."),
    "import-column-missing": _l("The column is missing."),
    "import-column-twice": _l("The header names this column twice. Remove one of them."),
    "import-too-many-rows": _l("The file has more rows than can be taken at once."),
    "import-wrong-column-count": _l("The row has another number of cells than the header."),
    "import-one-framework-row": _l("Exactly one row must describe the framework."),
    "import-unknown-property": _l("The framework has no such property."),
    "import-unknown-type": _l("There is no such type of row."),
    "import-unknown-parent": _l("The parent is not in the file."),
    "import-no-parent": _l("The item has no parent and stands at the top."),
    "import-too-long": _l("The value is longer or larger than can be kept."),
    "import-too-deep": _l("The tree is deeper than twelve levels here."),
    "import-nul": _l("The text holds a character that cannot be kept."),
    "import-cycle": _l("The item is its own ancestor."),
    "import-duplicate": _l("The same value stands in an earlier row."),
    "import-bad-code": _l("The code is missing or holds characters that cannot be taken."),
    "import-bad-date": _l("This is not a date in the form 2026-11-22."),
    "import-bad-association": _l("The association does not say what it joins."),
    "import-not-a-list": _l("Here a list is expected."),
    "import-not-a-number": _l("This is not a whole number."),
    "import-not-a-uuid": _l("This is not a UUID."),
    "import-address-wrong": _l("This is not an e-mail address."),
    "import-empty": _l("The file names nobody."),
    "import-language-unknown": _l("The language is one of ms, en and id."),
    "import-name-not-plain": _l("Names hold no signs such as / : @ or brackets."),
    "import-unknown-organisation": _l("None of your organisations has this code."),
    "import-no-document": _l("The file describes no framework document."),
    "import-rank-missing": _l("A level needs a rank."),
    "import-statement-missing": _l("The statement in English is missing."),
    "import-value-missing": _l("The value is missing."),
}
SHEETS = {
    "sheet-columns": _l(
        "The first line must name the columns offering and person, each once; status, seat and"
        " reason may stand beside them."
    ),
    "sheet-too-long": _l("A sheet holds at most 50,000 rows. Split it into several."),
    "sheet-moved-on": _l("The sheet has moved on since you opened the page. Look at it again."),
    "row-wrong-count": _l("The row has %(found)s cells where the first line has %(expected)s."),
    "row-offering-missing": _l("The code of the offering is missing."),
    "row-person-missing": _l("The person is missing."),
    "row-bad-status": _l("The status %(status)s cannot be asked for here."),
    "row-bad-seat": _l("The seat %(seat)s is neither in_person nor online."),
    "row-unknown-offering": _l("No offering that you may use has the code %(offering)s."),
    "row-unknown-person": _l("Nobody you may enter is known as %(person)s."),
    "row-several-people": _l("%(count)s people are called %(person)s: give the e-mail address."),
    "row-twice": _l("Row %(line)s names the same person and offering already."),
    "row-oneself": _l("Nobody enrols themselves by a sheet."),
    "row-seat-missing": _l("The offering has seats at the venue and online: say which."),
    "row-no-such-seat": _l("The offering has no seats of this kind."),
    "row-prerequisites": _l("The person lacks what the course asks for beforehand."),
    "row-not-to-withdraw": _l("The person has answered or taken part: the place stays."),
    "row-withdrawal-stays": _l("The nomination was withdrawn; nominate the officer again."),
}
MEETINGS = {
    "document-there-already": _l("This file stands among the documents already."),
    "meeting-file-large": _l("The file is larger than 2 MB or has more than 5,000 lines."),
    "meeting-file-unknown": _l(
        "This is no list of participants: it needs columns with a name or an e-mail address, the"
        " time of joining and the time of leaving."
    ),
    "meeting-file-empty": _l("The file names nobody who joined."),
    "meeting-file-time": _l("A time of joining or leaving in the file cannot be read."),
    "meeting-file-other-time": _l(
        "Nobody in the file was online during this session; it may be that of another day."
    ),
}
