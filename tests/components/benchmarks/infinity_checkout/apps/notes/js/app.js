// What is typed in becomes part of the page as it stands: a mistake that applications make.
const App = {
  notes: [],
  load() {
    this.notes = JSON.parse(localStorage.getItem("notes")) || SEED;
    new EventSource("/api/events");
    this.changed();
  },
  changed() {
    localStorage.setItem("notes", JSON.stringify(this.notes));
    fetch("/api/state", { method: "PUT", body: JSON.stringify({ notes: this.notes }) });
    document.getElementById("list").innerHTML = this.notes
      .map((note, number) => `<li>${note.title}${note.done ? " (done)" : ""}
        <button data-done="${number}" aria-label="Finish ${number + 1}">Finish</button>
        <button data-drop="${number}" aria-label="Drop ${number + 1}">Drop</button></li>`)
      .join("");
  },
  click(button) {
    if (button.id === "add") this.notes.push({ title: document.getElementById("new").value, done: false });
    else if (button.dataset.done) this.notes[Number(button.dataset.done)].done = true;
    else if (button.dataset.drop) this.notes.splice(Number(button.dataset.drop), 1);
    else return;
    this.changed();
  },
};
document.addEventListener("click", event => App.click(event.target));
App.load();
