"""A database that refuses one insert into one table, once, when it is told to."""

from typing import Any

from sqlalchemy import text

from tests.drills.ground import Ground

_FUNCTION = """
create function drill_fault() returns trigger language plpgsql as $$
begin
  if current_setting('drill.refused', true) = tg_table_name and nextval('drill_once') = 1 then
    raise exception 'the drill refuses this insert';
  end if;
  return new;
end $$
"""


class Faults:
    """Triggers on all tables; ``arm`` says which refuses its next insert."""

    def __init__(self, at: Ground) -> None:
        self.at = at
        self.armed: str | None = None
        self.fired = 0
        self.embedded = at.connection.dialect.name == "sqlite"
        (self._embed if self.embedded else self._install)()

    def _embed(self) -> None:
        raw: Any = self.at.connection.connection.dbapi_connection
        raw.create_function("drill_fault", 1, self._refuse)
        for name in self.at.tables():
            self._run(
                f'create trigger "drill_{name}" before insert on "{name}"'
                f" begin select drill_fault('{name}'); end"
            )

    def _refuse(self, name: str) -> int:
        if name == self.armed:
            self.armed = None
            self.fired += 1
            raise RuntimeError("the drill refuses this insert")
        return 0

    def _install(self) -> None:
        self._run("create sequence drill_once")
        self._run(_FUNCTION)
        for name in self.at.tables():
            self._run(
                f'create trigger drill_fault before insert on "{name}"'
                " for each row execute function drill_fault()"
            )

    def _run(self, statement: str) -> None:
        self.at.connection.execute(text(statement))

    def arm(self, name: str) -> None:
        """Refuse the next insert into this table, and none after it."""
        self.armed = name
        if not self.embedded:
            self._run("select setval('drill_once', 1, false)")
            self._run(f"select set_config('drill.refused', '{name}', false)")

    def disarm(self) -> bool:
        """Refuse nothing any more; whether something was refused."""
        if self.embedded:
            fired, self.armed = self.armed is None, None
            return fired
        # A sequence is not rolled back, so it knows what the transaction forgot.
        fired = bool(self.at.connection.scalar(text("select is_called from drill_once")))
        self._run("select set_config('drill.refused', '', false)")
        return fired
