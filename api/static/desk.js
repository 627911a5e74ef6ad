// The arrow keys lead from the search field into what is found, and back; Tab and Enter do without.

const field = document.querySelector("[data-moves-to]");
const found = document.getElementById(field.dataset.movesTo);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const places = [field, ...found.querySelectorAll("a")];
  const place = places.indexOf(document.activeElement);
  if (step && place >= 0 && places[place + step]) {
    event.preventDefault();
    places[place + step].focus();
  }
});
