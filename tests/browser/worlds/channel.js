// Defines `run`, which sends Python to `code_runner.py`; marks the document when `code_runner.py` is ready.
const questions = new BroadcastChannel("questions");
const answers = new BroadcastChannel("answers");
const next = () => new Promise((resolve) => (answers.onmessage = ({ data }) => resolve(data)));

next().then(() => (document.documentElement.dataset.world = "ready"));
globalThis.run = async (code) => {
  questions.postMessage(code);
  const [value, error] = await next();
  if (error) throw new Error(error);
  return value;
};
