"""JavaScript that the fuzz runs in the page."""

PREPARE = """async (code) => {
  pyodide.runPython(code);
  await pyodide.globals.get("prepare")();
}"""
"""Runs probe.py."""

HAND_OVER = """async ([folder, limit, waiting]) => {
  const get = async (name) => new File([await (await fetch(folder + name)).blob()], name);
  const picked = new DataTransfer();
  for (const name of ["model.onnx", "model.json"]) picked.items.add(await get(name));
  const begun = performance.now();
  let last = begun, freeze = 0;
  const beat = setInterval(() => {
    const now = performance.now();
    freeze = Math.max(freeze, now - last);
    last = now;
  }, 20);
  const late = new Promise((done) => setTimeout(done, limit, ["late", ""]));
  const timed = async (way) => {
    const [outcome, text] = await Promise.race([way, late]);
    return {outcome, text, after: performance.now() - begun};
  };
  const news = document.getElementById("model-news");
  const page = new Promise((done) => {
    news.textContent = "";
    const chooser = document.getElementById("model-chooser");
    chooser.files = picked.files;
    chooser.dispatchEvent(new Event("change"));
    const look = () => {
      if (["", waiting].includes(news.textContent)) return setTimeout(look, 10);
      done(["shown", news.textContent]);
    };
    look();
  });
  const library = pyodide.globals.get("load")(folder + "model.json").then(JSON.parse);
  const results = await Promise.all([timed(page), timed(library)]);
  clearInterval(beat);
  return {page: results[0], library: results[1], freeze};
}"""
"""Hands a model to the page's panel, as files that a user picks, and to the library, over HTTP.

Returns the outcome of each, after how many milliseconds, and the longest freeze of the page.
"""

STATE = """async (number) => {
  const ask = (request) =>
    new Promise((done) => { request.onsuccess = () => done(request.result); });
  const digit = document.getElementById("digit"), failure = document.getElementById("failure");
  const begun = performance.now();
  while (digit.textContent !== number && performance.now() - begun < 10000) {
    await new Promise(requestAnimationFrame);
  }
  const database = await ask(indexedDB.open("offline-digits"));
  const transaction = database.transaction(["heads", "files"]);
  const head = await ask(transaction.objectStore("heads").get("digits"));
  const file = head && (await ask(transaction.objectStore("files").get(["digits", head.current])));
  database.close();
  const content = (await file?.arrayBuffer()) ?? new ArrayBuffer(0);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return {
    number: digit.textContent,
    failure: failure.hidden ? "" : failure.textContent.trim(),
    markup: document.title !== "Offline Digits" ||
      !!document.querySelector("main :is(img, script)"),
    stored: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}"""
"""Returns what has to stay the same, once the page has read a 1 or had ten seconds for it.

The number, the page's failure, whether markup became part of it, the SHA-256 of the stored model.
"""
CLEAR = "() => document.getElementById('clear').click()"
