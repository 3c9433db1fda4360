"""Stress tests in a real browser: the commands `faults`, `fuzz` and `soak` of build.py.

- `harness`: the parts that all stress tests share
- `faults`: faults of the server, the browser and the storage
- `fuzz`: hostile models and manifests
- `soak`: long use of the page
- `conftest`: fixtures, most of them from tests/browser/conftest.py
- `test_faults`, `test_hostile`, `test_soak`: run a small part of each, or more with `--all`;
  `test_hostile` also tests hostile pictures and drawings
"""
