"""Loads models with the library in a real browser, during faults.

A fault is one of the server, of the browser or of its storage.

- `versions`: four versions of a small model
- `response`: an HTTP response of the server, which a fault can change
- `wrong_bytes`, `wrong_content`: the functions that change a response, one for each fault
- `server`: the server, and the models that it serves
- `scenario`: chooses the fault of a seed, and the versions that are stored before it happens
- `scripts`: JavaScript that runs in the page; `page/` contains the page
- `visitor`: a browser whose page loads models
- `invariants`: the conditions that have to hold after every fault
- `load_under_fault`: loads the model while the fault happens
- `run`: runs one scenario, or a campaign: one scenario for each seed
"""
