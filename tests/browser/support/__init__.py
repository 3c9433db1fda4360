"""What the tests in Chromium share.

- `drawing`: draw in the page, and wait for its answer
- `site`: a server with faults
- `noted_host`: a server with the headers of docs/hosting.md
- `returning`: a browser that has visited the page before
- `watched`: requests and refusals, in every browser context
- `taken`: scripts that take a feature from the browser
- `stored`: what is in IndexedDB
- `hostile_pictures`: small files with very many pixels
"""
