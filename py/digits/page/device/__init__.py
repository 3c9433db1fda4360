"""What the page stores on this device, and what it learns from the browser.

In reading order:

- `published_model`: the model that is published with the page, in IndexedDB
- `teacher`: the buttons that teach, and what the page says about it
- `example_store`: taught examples in IndexedDB
- `history_store`: the numbers that were read, in localStorage
- `other_tabs`: how tabs hear of each other's changes
- `service_worker`: offline use, updates of the page, and caches of older versions
- `install`: the button that installs the page
"""
