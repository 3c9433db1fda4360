"""Stress tests of the real site in a real browser: `build.py faults`, `fuzz` and `soak`.

- `harness`: the parts that all stress tests share
- `faults`: faults of the server, the browser and the storage
- `fuzz`: hostile models and manifests
- `soak`: long use of the page
- `conftest`: the fixtures of the browser tests
- `test_faults`, `test_hostile`, `test_soak`: run a small part of each, or more with `--all`
"""
