"""Data that the page stores on this device, and the page's service worker and installation.

In reading order:

- `published_model`: loads, stores, updates and removes the model that is published with the page
- `teacher`: the buttons that teach, and the messages about changes of the examples
- `example_store`: taught examples in IndexedDB
- `taught_flag`: whether examples are stored, known without opening the database
- `stored_list`: a list in localStorage
- `history_store`: the numbers that were read
- `hand_store`: samples of the user's handwriting
- `other_tabs`: notifies other tabs of changes
- `service_worker`: offline use, updates of the page, and deletion of outdated caches
- `page_not_stored`: finds out why the page could not be stored for offline use
- `install`: the button that installs the page
"""
