"""Check a finished site: its files in a folder or on a host, and the page in a browser.

In reading order:

- `report`: what a check has found.
- `references`: find the files that an HTML page or a style sheet loads.
- `contents`: compare a file with the digest in the service worker's list.
- `models`: check the models in a folder, and their manifests.
- `folder`: check a site in a folder.
- `responses`: request files from a host.
- `headers`: check the headers with which a host sends files.
- `host`: check a site on a host.
- `verify`: check a site in a folder or on a host.
- `browsers`: find and start a browser.
- `doctor`: visit a site in a browser: for the first time, without a network, and again.
"""
