"""Sentences about designs of certificates."""

from flask_babel import lazy_gettext as _l

DESIGNS = {
    "mark-size": _l("Choose a picture (PNG or JPEG) of at most 2 MB, or draw one."),
    "mark-empty": _l("Nothing is drawn on this picture."),
    "design-name-missing": _l("Give the design a name."),
    "design-name-taken": _l("There is a design of this name already. Choose another name."),
    "design-draft-there": _l("A new version is being drawn already. Open it."),
    "design-published": _l("This version is published and is never changed. Draw a new one."),
    "design-second-person": _l(
        "Whoever changed it last does not publish it. Ask another registrar to look and publish."
    ),
    "design-choice-raced": _l("Somebody chose a design at the same moment. Look again."),
    "design-faulty": _l("The design cannot be published yet. What is wrong is listed below."),
    "design-too-long": _l("Page and style may have 20,000 characters each."),
    "design-too-deep": _l("Elements or brackets stand in each other too deep."),
    "design-comment": _l("Comments and declarations have no place in the page."),
    "design-one-page": _l("The page must be one element of the class “page”, with all in it."),
    "design-one-heading": _l("There must be exactly one h1."),
    "design-element": _l("This element is not allowed."),
    "design-attribute": _l("This attribute is not allowed, or not with this value."),
    "design-fit": _l(
        "data-fit takes a size in points and a width in millimetres, as in “28 236”,"
        " on an element with one of name, issuer and award."
    ),
    "design-slot-in-slot": _l("A slot must not stand in another slot."),
    "design-placeholder-missing": _l(
        "This placeholder is missing, and every certificate needs it."
    ),
    "design-placeholder-twice": _l("This placeholder may stand only once."),
    "design-placeholder-unknown": _l("There is no such placeholder."),
    "design-not-in-slot": _l(
        "What differs from person to person must stand in an element of the class “slot”"
        " that has a height of its own."
    ),
    "design-words": _l(
        "A design has no words of its own: they would be wrong in other languages and kinds."
    ),
    "design-style-unreadable": _l("This part of the style cannot be read."),
    "design-style-rule": _l("Rules with @ are not allowed: paper and typefaces are chosen here."),
    "design-style-selector": _l(
        "Selectors that count or compare neighbours, or add text, are not allowed."
    ),
    "design-style-property": _l("This property is not allowed."),
    "design-style-value": _l("This value is not allowed."),
    "design-style-address": _l("Nothing is loaded from an address."),
    "design-pages": _l("It does not fit on one page."),
    "design-not-printed": _l("This is not to be read on the sheet."),
    "design-off-sheet": _l("This runs off the sheet."),
    "design-out-of-slot": _l(
        "This does not fit its slot. Make the slot higher or the text smaller."
    ),
    "design-overlap": _l("These stand on each other."),
}
