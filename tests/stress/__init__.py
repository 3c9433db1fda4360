"""Long campaigns against the real site in a real browser; `build.py faults`, `fuzz` and `soak`.

- `harness`: what they share: a visitor, copies of the site, campaigns of seeds and their reports
- `faults`: faults of server, browser and storage
- `fuzz`: hostile models and manifests
- `soak`: long use
- `conftest`: the fixtures of the browser tests
- `test_faults`, `test_hostile`, `test_soak`: a small part of each, the whole with `--all`
"""
