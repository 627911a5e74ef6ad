// What pages do that neither HTML nor htmx can: a one-time link puts what stands behind its # into its form.

for (const field of document.querySelectorAll("input[data-from-address]")) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname); // a secret does not stay in the address
}
