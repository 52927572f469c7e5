"""The real supervisor with a real database and a stand-in service. ``fake_centre.py <data_dir> <port> [broken]``."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.supervisor import Supervisor

data_dir, port = Path(sys.argv[1]), int(sys.argv[2])
fake = [sys.executable, str(Path(__file__).with_name("fake_service.py")), sys.argv[-1]]  # the port, or "broken"
watchdog = [sys.executable, str(Path(__file__).with_name("fake_watchdog.py")), str(data_dir)]
settings = Settings(_env_file=None, data_dir=data_dir, http_port=port, asterisk="external", database_url=None)


async def main() -> None:
    await Supervisor(settings, Console(width=200), demo=False, service=fake, watchdog=watchdog).run()


try:
    asyncio.run(main())
except SetupError as error:
    sys.exit(f"{error}\n{error.details}")
