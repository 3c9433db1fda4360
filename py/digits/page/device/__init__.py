"""Data that the page stores on this device, and the page's service worker and installation.

In reading order:

- `published_model`: the model that is published with the page, in IndexedDB
- `teacher`: the buttons that teach, and the messages about what was taught
- `example_store`: taught examples in IndexedDB
- `taught_flag`: whether there are any, known without opening the database
- `history_store`: the numbers that were read, in localStorage
- `other_tabs`: notifies other tabs of changes
- `service_worker`: offline use, updates of the page, and caches of older versions
- `page_not_stored`: why the page could not be stored for offline use
- `install`: the button that installs the page
"""
