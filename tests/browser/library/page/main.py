"""Give tests access to the page's Pyodide: they run Python in it, as a page's main.py would."""

import js
import pyodide_js

js.pyodide = pyodide_js
js.document.documentElement.dataset.probe = "ready"
