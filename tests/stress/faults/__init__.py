"""Tests the library in a real browser with faults of the server, the browser and the storage.

- `versions`: four versions of a small model
- `response`: an HTTP response of the server, which a fault can corrupt
- `wrong_bytes`, `wrong_content`: the functions that corrupt a response
- `server`: the server, and the state of each model that it serves
- `scenario`: chooses the fault of a seed
- `scripts`: JavaScript that runs in the page; `page/` contains the page
- `visitor`: a browser whose page loads models
- `invariants`: the conditions that have to hold after every fault
- `load_under_fault`: causes the fault and loads the model meanwhile
- `run`: runs a scenario, and a campaign of scenarios
"""
