// What pages do that neither HTML nor htmx can.

// A one-time link puts what stands behind its # into its form.
for (const field of document.querySelectorAll("input[data-from-address]")) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname); // a secret does not stay in the address
}

// What was wrong with a field was said of what stood in it before.
document.addEventListener("input", ({ target: field }) => {
  if (!field.hasAttribute("aria-invalid")) return;
  field.removeAttribute("aria-invalid");
  const told = document.getElementById(field.getAttribute("aria-describedby"));
  if (told?.classList.contains("wrong")) {
    told.remove();
    field.removeAttribute("aria-describedby");
  }
});
