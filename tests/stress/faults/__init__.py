"""Faults of server, browser and storage, played against the library in a real browser.

- `versions`: four versions of a small model
- `answer`: an answer of the server, and the ways to spoil it
- `wrong_bytes`, `wrong_content`: these ways
- `server`: a model's place on the server, and the server
- `scenario`: the fault of a seed
- `scripts`: JavaScript that runs in the page; `page/` is the page itself
- `visitor`: a browser whose page loads models
- `invariants`: what has to hold after every fault
- `inflict`: how each fault is brought about
- `run`: plays a scenario; a campaign
"""
