"""JavaScript that the fuzz campaign runs in the page."""

PREPARE = """async (code) => {
  pyodide.runPython(code);
  await pyodide.globals.get("prepare")();
}"""
"""Runs probe.py and prepares it."""

HAND_OVER = """async ([folder, limit, waiting]) => {
  const get = async (name) => new File([await (await fetch(folder + name)).blob()], name);
  const transfer = new DataTransfer();
  for (const name of ["model.onnx", "model.json"]) transfer.items.add(await get(name));
  const begun = performance.now();
  let last = begun, freeze = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    freeze = Math.max(freeze, now - last);
    last = now;
  }, 20);
  const late = new Promise((done) => setTimeout(done, limit, ["late", ""]));
  const timed = async (route) => {
    const [outcome, text] = await Promise.race([route, late]);
    return {outcome, text, after: performance.now() - begun};
  };
  const news = document.getElementById("model-news");
  const page = new Promise((done) => {
    news.textContent = "";
    const chooser = document.getElementById("model-chooser");
    chooser.files = transfer.files;
    chooser.dispatchEvent(new Event("change"));
    const look = () => {
      if (["", waiting].includes(news.textContent)) return setTimeout(look, 10);
      done(["shown", news.textContent]);
    };
    look();
  });
  const library = pyodide.globals.get("load")(folder + "model.json").then(JSON.parse);
  const results = await Promise.all([timed(page), timed(library)]);
  clearInterval(timer);
  return {page: results[0], library: results[1], freeze};
}"""
"""Hands a model to the page's panel, as files that a user chooses, and to the library, over HTTP.

Returns for both routes the outcome, its text and the milliseconds until then, and the longest time
in milliseconds for which the page did not respond.
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
    markup: document.title === "broken" || !!document.querySelector("main :is(img, script)"),
    stored: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}"""
"""Returns the state of the page, which no hostile file may change.

The script first waits until the page shows `number`, for ten seconds at most. The state consists of
the number, the error message, whether markup from a file is in the document, and the SHA-256 of the
stored model.
"""
CLEAR = "() => document.getElementById('clear').click()"
