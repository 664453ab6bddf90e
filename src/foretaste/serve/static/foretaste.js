/*! Foretaste: shows a list of recommendations in a page and reports what is clicked.
 *
 *   <section data-foretaste data-title="For you" data-n="6" data-link="/film/{item_id}"></section>
 *   <script src="https://service.example/static/foretaste.js" data-key="ft_..." defer></script>
 *
 * The key stands in the page for all to read: use one of the role "page"; it may name no person.
 * For somebody who has signed in, the shop's server joins a session to the account and writes its id
 * into data-session. Everybody else gets an anonymous session, kept in localStorage unless
 * data-remember="off". No cookie is set.
 * Everything that comes from the service is put into the page as text, never as markup.
 */
(() => {
  "use strict";

  const script = document.currentScript;
  const base = new URL(script ? script.src : location.href).origin;
  const key = script ? script.dataset.key || "" : "";
  const STORE = "foretaste-session";
  const SOON_MS = 1000;
  const MOST = 50;

  let waiting = [];
  let timer = 0;
  let session = null;

  function call(path, body, more) {
    return fetch(base + path, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "X-API-Key": key },
      body: JSON.stringify(body),
      ...more,
    }).then((reply) => {
      if (!reply.ok) throw new Error("Foretaste answered " + reply.status);
      return reply.json();
    });
  }

  function remembered() {
    try {
      return script.dataset.remember === "off" ? null : localStorage.getItem(STORE);
    } catch {
      return null; // storage is blocked: the session lasts as long as the page
    }
  }

  function remember(id) {
    try {
      if (script.dataset.remember !== "off") localStorage.setItem(STORE, id);
    } catch {
      // see above
    }
  }

  /** Who asks: the session that the page's server gave, else an anonymous one. */
  function who(given) {
    if (given) return Promise.resolve({ session_id: given });
    if (!session) {
      const known = remembered();
      session = known
        ? Promise.resolve(known)
        : call("/v1/sessions", {}).then((made) => {
            remember(made.session_id);
            return made.session_id;
          });
      session.catch(() => {
        session = null;
      });
    }
    return session.then((id) => ({ session_id: id }));
  }

  function name() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  }

  /** Report one event: { item_id, kind, answer_id, session_id, ... }. */
  function report(event) {
    waiting.push({ time_s: Date.now() / 1000, idempotency_key: name(), ...event });
    if (waiting.length >= MOST) flush();
    else if (!timer) timer = setTimeout(flush, SOON_MS);
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!waiting.length) return;
    const events = waiting;
    waiting = [];
    // keepalive lets it arrive although the page is left; a beacon could not carry the key.
    call("/v1/feedback/batch", { events }, { keepalive: true }).catch(() => {
      // Each event has a name of its own: sent twice, it counts once.
      if (events.length + waiting.length <= 10 * MOST) waiting = events.concat(waiting);
    });
  }

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  /** The address of an item by the page's pattern; nothing but http(s) is ever linked. */
  function address(pattern, item) {
    if (!pattern) return null;
    try {
      const url = new URL(
        pattern.replace("{item_id}", encodeURIComponent(item.item_id)),
        location.href,
      );
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  function entry(item, options, told) {
    const row = make("li", undefined, "foretaste-item");
    const url = address(options.link, item);
    const title = make(url ? "a" : "span", item.title, "foretaste-title");
    if (url) title.href = url;
    title.addEventListener("click", () => told("click", item));
    row.append(title);
    if (options.reasons && item.reasons && item.reasons.length) {
      row.append(make("p", item.reasons[0].text, "foretaste-reason"));
    }
    return row;
  }

  /** Report what was at least half visible for a second, once. */
  function watch(row, seen) {
    if (!("IntersectionObserver" in window)) return;
    let since = 0;
    const observer = new IntersectionObserver(
      (changes) => {
        clearTimeout(since);
        if (changes[changes.length - 1].isIntersecting) {
          since = setTimeout(() => {
            observer.disconnect();
            seen();
          }, SOON_MS);
        }
      },
      { threshold: 0.5 },
    );
    observer.observe(row);
  }

  function draw(place, answer, options, asker) {
    const told = (kind, item) => {
      report({ ...asker, item_id: item.item_id, kind, answer_id: answer.answer_id });
      place.dispatchEvent(
        new CustomEvent("foretaste:" + kind, { bubbles: true, detail: { item, answer } }),
      );
      if (kind === "click") flush();
    };
    const parts = [];
    if (options.title) {
      const heading = make("h2", options.title, "foretaste-heading");
      heading.id = "foretaste-" + name();
      place.setAttribute("aria-labelledby", heading.id);
      parts.push(heading);
    }
    if (answer.items.length) {
      const list = make("ol", undefined, "foretaste-list");
      for (const item of answer.items) {
        const row = entry(item, options, told);
        if (options.views) watch(row, () => told(options.views, item));
        list.append(row);
      }
      parts.push(list);
    } else {
      parts.push(make("p", options.empty || "Nothing to show yet.", "foretaste-empty"));
    }
    place.replaceChildren(...parts);
  }

  /** Show a list in an element; gives a promise of the answer. */
  function show(place, options) {
    options = { reasons: true, n: 6, ...options };
    if (!place.getAttribute("role") && place.tagName !== "SECTION") {
      place.setAttribute("role", "region");
    }
    place.setAttribute("aria-busy", "true");
    return who(options.session)
      .then((asker) =>
        call("/v1/recommendations", { ...asker, n: options.n, ...options.query }).then((answer) => {
          draw(place, answer, options, asker);
          place.dispatchEvent(
            new CustomEvent("foretaste:shown", { bubbles: true, detail: { answer } }),
          );
          return answer;
        }),
      )
      .catch((error) => {
        // A shop without recommendations is still a shop: the place stays as it was.
        place.dispatchEvent(
          new CustomEvent("foretaste:failed", { bubbles: true, detail: { error } }),
        );
        return null;
      })
      .finally(() => place.removeAttribute("aria-busy"));
  }

  function optionsOf(place) {
    const said = place.dataset;
    const query = {};
    if (said.wish) query.wish = said.wish;
    if (said.filter) query.filter = said.filter;
    return {
      session: said.session || "",
      n: Number.parseInt(said.n || "6", 10) || 6,
      title: said.title || "",
      link: said.link || "",
      empty: said.empty || "",
      views: said.views || "",
      reasons: said.reasons !== "off",
      query,
    };
  }

  function start() {
    for (const place of document.querySelectorAll("[data-foretaste]")) {
      show(place, optionsOf(place));
    }
  }

  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
  });
  window.Foretaste = Object.freeze({ show, report, flush });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
