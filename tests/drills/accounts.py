"""The accounts of the drill of abuse: known and unknown addresses, some with a second factor."""

from datetime import timedelta

from sqlalchemy import update

from lms.db import db, transaction
from lms.kernel import clock
from lms.people import passwords, queries, second_factor, service
from lms.people.account_models import SecondFactor
from lms.people.models import User
from lms.web.running import settings

PASSWORD = "perahu kertas di muara"
OWNER = "owner@drill.example"
GUARDED = "guarded@drill.example"


class Town:
    """The accounts of the drill."""

    def __init__(self, known: int, factors: int) -> None:
        hashed = passwords.make_hash(PASSWORD)
        self.known = [f"person{number:04}@drill.example" for number in range(known)]
        self.unknown = [f"nobody{number:04}@drill.example" for number in range(known)]
        self.factored = [f"factor{number:04}@drill.example" for number in range(factors)]
        self.secrets: dict[str, bytes] = {}
        with transaction():
            for email in (OWNER, GUARDED, *self.known, *self.factored):
                service.create_user("Somebody", email, password_hash=hashed, locale="en")
            for email in (GUARDED, *self.factored):
                self.secrets[email] = _factor_of(email)

    def forget_used_codes(self, email: str) -> None:
        """As if the code that the app shows now had been used already."""
        later = int(clock.now().timestamp()) // second_factor.STEP + 1000
        with transaction():
            user = queries.user_by_email(email)
            assert user is not None
            db.session.execute(
                update(SecondFactor).where(SecondFactor.user_id == user.id).values(last_step=later)
            )


def _factor_of(email: str) -> bytes:
    user = queries.user_by_email(email)
    assert isinstance(user, User)
    secret, past = second_factor.new_secret(), clock.now() - timedelta(minutes=5)
    code = second_factor.code_at(secret, past)
    second_factor.set_up(user, secret, code, keys=settings().data_keys, now=past)
    return secret
