"""Users of a test's own database on the run's server, who own it, run the bot, or read it all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from tests.database.servers import PostgresqlServer


@dataclass(frozen=True)
class Users:
    """The addresses of one database by its three users; the owner alone exists already."""

    owner: str
    app: str
    backup: str


@contextmanager
def users_of(server: PostgresqlServer, url: str, *, may_create: bool = True) -> Iterator[Users]:
    """Give a database to an owner of its own, with names that need quoting; drop all at the end."""
    database = str(make_url(url).database)
    names = {kind: f'{database} "{kind}"' for kind in ("owner", "app", "backup")}

    def quoted(kind: str) -> str:
        return '"' + names[kind].replace('"', '""') + '"'

    server.execute(f"CREATE ROLE {quoted('owner')} LOGIN {'CREATEROLE' if may_create else ''}")
    server.execute(f'ALTER DATABASE "{database}" OWNER TO {quoted("owner")}')
    give = "SELECT format('ALTER TABLE %I OWNER TO {}', relname) FROM pg_class"
    server.execute(
        f"""DO $$ DECLARE command text; BEGIN
        FOR command IN {give.format(quoted("owner"))}
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP EXECUTE command; END LOOP; END $$;
        ALTER FUNCTION refuse_change() OWNER TO {quoted("owner")}""",
        database,
    )
    by_kind = {
        kind: make_url(url)
        .set(username=name, password=f"p'w {kind}")
        .render_as_string(hide_password=False)
        for kind, name in names.items()
    }
    yield Users(**by_kind)
    for kind in ("app", "backup", "owner"):
        quoted_name = quoted(kind)
        exists = f"SELECT FROM pg_roles WHERE rolname = '{names[kind]}'"
        server.execute(
            f"DO $$ BEGIN IF EXISTS ({exists}) THEN "
            f"REASSIGN OWNED BY {quoted_name} TO postgres; DROP OWNED BY {quoted_name}; "
            "END IF; END $$",
            database,
        )
        server.execute(f'ALTER DATABASE "{database}" OWNER TO postgres')
        server.execute(f"DROP ROLE IF EXISTS {quoted_name}")
