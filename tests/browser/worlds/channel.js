// Defines `run`, which sends Python to `answer.py`, and `ready`, a promise that `answer.py` fulfils.
const questions = new BroadcastChannel("questions");
const answers = new BroadcastChannel("answers");
const next = () => new Promise((resolve) => (answers.onmessage = ({ data }) => resolve(data)));

globalThis.ready = next();
globalThis.run = async (code) => {
  questions.postMessage(code);
  const [value, error] = await next();
  if (error) throw new Error(error);
  return value;
};
