"""For which of several employers a page is: the address says so, and each request is asked anew.

In the address, not in the session: two tabs may be open for two employers, and what is handed in
belongs to the one that its page names.
"""

from flask import request

from lms.employers.permissions import own_employer, own_employers
from lms.kernel.permissions import Permission
from lms.people.models import Organisation
from lms.web.auth_guard import current_actor


def chosen(need: Permission) -> Organisation:
    """The employer of this page; raises NotFound for one the person does not check for."""
    return own_employer(current_actor(), need, request.args.get("employer", ""))


def shown(need: Permission, employer: Organisation) -> dict[str, object]:
    """What a page needs to name its employer, and to lead to the same page of another."""
    every = own_employers(current_actor(), need)
    switch = {"employer": employer.public_id} if len(every) > 1 else {}
    return {"employer": employer, "employers": every, "switch": switch}
