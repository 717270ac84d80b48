// Buttons that copy what stands beside them. Without this script they stay hidden, and the text can be marked.
(() => {
  "use strict";
  if (!navigator.clipboard) return;

  function offer(root) {
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.parentElement.querySelector("pre");
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  });

  offer(document);
  const drawer = document.getElementById("drawer-body");
  if (drawer) new MutationObserver(() => offer(drawer)).observe(drawer, { childList: true });
})();
