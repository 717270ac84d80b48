// Opens a callback beside the log instead of leaving it. Without this script the links lead to a page of their own.
(() => {
  "use strict";
  const drawer = document.getElementById("drawer");
  const body = document.getElementById("drawer-body");
  if (!drawer || !drawer.showModal) return;
  let opener = null;

  async function open(address) {
    const part = new URL(address, location.href);
    part.searchParams.set("part", "1");
    const answer = await fetch(part, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) {
      location.assign(address);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const close = document.createElement("button");
    close.className = "close";
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => drawer.close());
    body.replaceChildren(close, ...page.body.childNodes);
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  }

  function mark(row) {
    if (opener) opener.classList.remove("open");
    opener = row;
    if (row) row.classList.add("open");
  }

  document.addEventListener("click", (event) => {
    if (event.target === drawer) {
      drawer.close();
      return;
    }
    const row = event.target.closest("table.log tbody tr");
    const link = event.target.closest("a");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!row || !plain || (link && !link.closest("td.time")) || String(getSelection())) return;
    event.preventDefault();
    if (!drawer.contains(row)) mark(row);
    open(row.querySelector("td.time a").href);
  });

  drawer.addEventListener("close", () => {
    body.replaceChildren();
    mark(null);
  });
})();
