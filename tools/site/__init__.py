"""The static site, bundled and served.

- `bundle`: build the app's site, or any page's
- `parts`: the folders in a site's `built/`
- `webmanifest`: web app manifests
- `sizes`: how many bytes a visit transfers
- `serve`: a static server
"""
