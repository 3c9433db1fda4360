"""Give the tests the page's Python: they run what a developer would write here."""

import js
import pyodide_js

js.pyodide = pyodide_js
js.document.documentElement.dataset.probe = "ready"
