"""The first person of a centre without demo data: somebody has to be able to let the others in."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from callcenter.db import agents
from callcenter.db.engine import create_lone_engine
from callcenter.people.passwords import hash_password
from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.postgres import EmbeddedPostgres

SHORTEST = 10  # characters of an administrator's password


async def add(settings: Settings, user: str, name: str, password: str) -> None:
    """Add an administrator to the centre's database. Raises SetupError when that cannot be."""
    if len(password) < SHORTEST:
        raise SetupError(
            f"密码至少{SHORTEST}位,没有添加。", f"The password needs at least {SHORTEST} characters; nobody was added."
        )
    given = settings.database_url
    url = given.get_secret_value() if given is not None else EmbeddedPostgres(settings.data_dir).url
    engine = create_lone_engine(url, settings)
    try:
        async with engine.begin() as connection:
            person = agents.Agent(uuid4(), user, name, "administrator", None, active=True)
            await agents.add_agent(connection, person, await hash_password(password))
    except IntegrityError:
        raise SetupError(f"用户名 {user} 已存在,没有添加。", f"The user {user} exists; nobody was added.") from None
    except (SQLAlchemyError, OSError) as error:
        raise SetupError(
            "连接不上数据库,没有添加。请先启动呼叫中心(callcenter run)再试。",
            "The database is out of reach; nobody was added. Start the centre (callcenter run) and try again.",
            str(error)[:300],
        ) from None
    finally:
        await engine.dispose()
