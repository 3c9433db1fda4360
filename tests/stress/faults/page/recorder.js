// Records the SHA-256 of each model that the page opens a session with, before it opens the session.
globalThis.opened = [];

globalThis.watchSessions = (sessions) => {
  const create = sessions.create;
  sessions.create = async (content, ...rest) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    opened.push(sha256);
    return Object.assign(await create.call(sessions, content, ...rest), { digest: sha256 });
  };
};
