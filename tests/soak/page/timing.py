"""How long a reading takes Python, as the panel "How this works" has it measured."""

import json
from dataclasses import asdict

from digits.page import main
from digits.timing import measure

json.dumps(asdict(await measure(main.page.app)))  # noqa: F704  # Pyodide awaits at the top
