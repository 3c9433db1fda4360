"""Turn the folder of a page into a site: static files that work offline.

In reading order:

- `sources`: list a page's own files, and its models.
- `packages`: read page.toml, and pack the Python packages that it names.
- `prebuilt`: copy the files that every page needs, from the wheel `offline-onnx-page`.
- `compression`: write compressed copies of files.
- `transfers`: count the bytes that a first visit downloads.
- `site_script`: write and read built/site.js: what the page's scripts need to know of the site.
- `service_worker`: write the service worker, which stores the site in the browser.
- `replacement`: replace a site with a new one, completely or not at all.
- `written`: find out which files earlier builds have written, so that no other file is lost.
- `build`: build any site in a temporary folder, and replace the old one.
- `into`: add models and the library to a site that another tool has built.
- `page`: build the site of a page, from its own files and prebuilt ones.
"""
