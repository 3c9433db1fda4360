"""Make the site of a page that runs Python and ONNX models offline, without Node and npm.

The command `offline-onnx` calls the functions of this package. They run on CPython only.

In reading order:

- `errors`: the error of all these functions.
- `described`: compare models with their manifests.
- `site`: turn the folder of a page into a site.
- `serving`: serve a site on this machine.
- `checks`: check a site's files, its host, and the page in a browser.
- `new`: make the folder of a page, from one of the templates in the folder `templates`.
- `manifests`: write the manifest of a model.

The wheel also has the folder `files`: what every page needs, prebuilt, compressed and with a list
of digests. These files are Python (Pyodide's core), onnxruntime-web, the library `offline_onnx`,
the scripts that start them, and the code of the service worker.
"""
