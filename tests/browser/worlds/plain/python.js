// Starts plain Pyodide. The result of `run` must be text.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const pyodide = await loadPyodide();
pyodide.setStdout({ batched: () => {} });

export const run = (code) => pyodide.runPythonAsync(code);
