// The callback log as it happens: asks for news every second and a half and puts it on top.
// It keeps still while the tab is hidden, and while somebody reads further down or has a row open.
(() => {
  "use strict";
  const sheet = document.querySelector("[data-live]");
  const body = sheet && sheet.querySelector("tbody");
  if (!body) return;

  const EVERY = 1500;
  const MOST_ROWS = 400;
  const MOST_HELD = 200;
  const pulse = document.getElementById("pulse");
  const word = document.getElementById("pulse-text");
  const drawer = document.getElementById("drawer");
  const none = sheet.querySelector(".none");
  const held = new Map();
  let known = Math.max(0, ...[...body.rows].map(idOf));
  let lost = 0;

  function idOf(row) {
    return Number(row.dataset.id);
  }

  function reading() {
    return drawer.open || window.scrollY > 160;
  }

  function say(text, mood) {
    pulse.hidden = false;
    pulse.className = "pulse" + (mood ? " " + mood : "");
    word.textContent = text;
  }

  function tell() {
    if (lost) say(lost > 2 ? "Connection lost, trying again" : "Live", lost > 2 ? "lost" : "");
    else if (reading()) say(held.size ? `${held.size} new, show` : "Paused", "paused");
    else say("Live", "");
  }

  function isOlder(other, row) {
    const apart = Number(row.dataset.at) - Number(other.dataset.at);
    return apart > 0 || (apart === 0 && idOf(other) < idOf(row));
  }

  // A row goes where its moment belongs: most are the newest, a late one slips in below.
  function place(row) {
    const id = idOf(row);
    const old = body.querySelector(`tr[data-id="${id}"]`);
    if (old) {
      if (old.textContent !== row.textContent) old.replaceWith(row);
      return;
    }
    const next = [...body.rows].find((other) => isOlder(other, row));
    row.classList.add("fresh");
    body.insertBefore(row, next || null);
    none.hidden = true;
  }

  function release() {
    for (const row of held.values()) place(row);
    held.clear();
    while (body.rows.length > MOST_ROWS) body.deleteRow(-1);
  }

  function take(html) {
    const table = new DOMParser().parseFromString(`<table><tbody>${html}</tbody></table>`, "text/html");
    for (const row of table.querySelectorAll("tr[data-id]")) {
      const id = idOf(row);
      const shown = body.querySelector(`tr[data-id="${id}"]`);
      if (shown) place(row);
      else held.set(id, row);
      known = Math.max(known, id);
    }
    if (!reading()) release();
  }

  async function look() {
    const waiting = [...body.querySelectorAll("tr[data-waiting]")].slice(0, 60).map(idOf);
    const address = new URL(sheet.dataset.live, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) address.searchParams.set(name, value);
    address.searchParams.set("after", known);
    if (waiting.length) address.searchParams.set("waiting", waiting.join(","));
    const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.status === 401) {
      location.reload();
      return new Promise(() => {});
    }
    if (!answer.ok) throw new Error(String(answer.status));
    take(await answer.text());
  }

  async function turn() {
    if (!document.hidden && held.size < MOST_HELD) {
      try {
        await look();
        lost = 0;
      } catch {
        lost += 1;
      }
    }
    tell();
    setTimeout(turn, EVERY * Math.min(1 + lost, 8));
  }

  function back() {
    if (!reading()) release();
    tell();
  }

  pulse.addEventListener("click", () => {
    window.scrollTo({ top: 0 });
    back();
  });
  window.addEventListener("scroll", back, { passive: true });
  drawer.addEventListener("close", back);
  turn();
})();
