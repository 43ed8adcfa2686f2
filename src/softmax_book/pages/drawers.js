// The drawers that hold the list of chapters and the page's Contents on narrow windows. The theme
// opens them; let a choice close them, and give each a button that does.
for (const name of ["primary", "secondary"]) {
  const drawer = /** @type {HTMLDialogElement | null} */ (document.getElementById(`pst-${name}-sidebar-modal`));
  const sidebar = document.getElementById(`pst-${name}-sidebar`);
  if (!drawer || !sidebar) continue;
  // The theme moves the sidebar's children into the drawer, and back. Elsewhere it is hidden.
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sms-close-drawer";
  button.title = "Close";
  button.setAttribute("aria-label", "Close");
  sidebar.prepend(button);
  button.addEventListener("click", () => drawer.close());
  drawer.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a[href]")) drawer.close();
  });
}
