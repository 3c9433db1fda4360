"""Bundle the static site, and serve it.

- `bundle`: build the app's site, or the site of another page
- `parts`: write the folders in a site's `built/`
- `webmanifest`: write the web app manifests
- `page`: write index.html, with the texts in both languages
- `sizes`: count the bytes that a first page load transfers
- `serve`: serve a site with a static server
"""
