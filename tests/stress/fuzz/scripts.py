"""What the fuzz runs in the page: both ways to a model at once, and what must be as it was."""

PREPARE = """async (code) => {
  pyodide.runPython(code);
  await pyodide.globals.get("prepare")();
}"""

# Gives a model to the page's own panel, as files that a user picks, and has the library load it
# over HTTP. Tells what came of each, after how many milliseconds, and the longest freeze meanwhile.
GIVE = """async ([folder, limit, waiting]) => {
  const get = async (name) => new File([await (await fetch(folder + name)).blob()], name);
  const given = new DataTransfer();
  for (const name of ["model.onnx", "model.json"]) given.items.add(await get(name));
  const begun = performance.now();
  let last = begun, freeze = 0;
  const beat = setInterval(() => {
    const now = performance.now();
    freeze = Math.max(freeze, now - last);
    last = now;
  }, 20);
  const late = new Promise((done) => setTimeout(done, limit, ["late", ""]));
  const timed = async (way) => {
    const [outcome, told] = await Promise.race([way, late]);
    return {outcome, told, after: performance.now() - begun};
  };
  const news = document.getElementById("model-news");
  const page = new Promise((done) => {
    news.textContent = "";
    const chooser = document.getElementById("model-chooser");
    chooser.files = given.files;
    chooser.dispatchEvent(new Event("change"));
    const look = () => {
      if (["", waiting].includes(news.textContent)) return setTimeout(look, 10);
      done(["told", news.textContent]);
    };
    look();
  });
  const library = pyodide.globals.get("load")(folder + "model.json").then(JSON.parse);
  const told = await Promise.all([timed(page), timed(library)]);
  clearInterval(beat);
  return {page: told[0], library: told[1], freeze};
}"""

# What must be as it was, once the page has read a 1 or has had ten seconds for it: the number, what
# the page says of a failure, whether markup became part of it, and the SHA-256 of the stored model.
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
CLEAR = "() => document.getElementById('clear').click()"
