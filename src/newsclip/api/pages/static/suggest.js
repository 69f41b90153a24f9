// Suggestions for the search box, after the combobox pattern of the ARIA Authoring Practices 1.2.
// Without this script the box is a plain one.

const DELAY = 120; // milliseconds without a key, until it is asked what may follow
const LABELS = { tag: "tag", section: "section", author: "author", query: "search", title: "article" };

function addressOf({ kind, text, id }, { search, article }) {
  switch (kind) {
    case "title":
      return article + id.split("/").map(encodeURIComponent).join("/");
    case "query":
      return ""; // goes with what else the form asks for
    default:
      return `${search}?${new URLSearchParams({ [kind]: text })}`;
  }
}

function textOf({ kind, text, articles }) {
  const label = document.createElement("span");
  label.className = "kind";
  label.textContent = articles === null ? LABELS[kind] : `${LABELS[kind]}, ${articles}`;
  const name = document.createElement("span");
  name.dir = "auto";
  name.textContent = kind === "tag" ? `#${text}` : text;
  return [name, label];
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.places = { search: input.form.getAttribute("action"), article: input.dataset.article };
    this.options = [];
    this.active = -1;
    this.wrap();
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // Before the box loses the focus, which would close the list under the pointer.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]")));
  }

  wrap() {
    const box = document.createElement("span");
    box.className = "combobox";
    this.input.replaceWith(box);
    this.list = document.createElement("span");
    this.list.id = `${this.input.id}-suggestions`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    this.count = document.createElement("span");
    this.count.className = "unseen";
    this.count.setAttribute("role", "status");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.setAttribute("aria-controls", this.list.id);
    box.append(this.input, this.list, this.count);
  }

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (!this.input.value.trim()) return this.close();
    this.timer = setTimeout(() => this.ask(this.input.value), DELAY);
  }

  async ask(typed) {
    this.asking = new AbortController();
    const query = new URLSearchParams({ q: typed.slice(0, 200) });
    try {
      const answer = await fetch(`${this.input.dataset.suggest}?${query}`, { signal: this.asking.signal });
      if (answer.ok) this.show((await answer.json()).suggestions);
      else this.close();
    } catch {
      this.close(); // the service is away, or more has been typed: a box without suggestions
    }
  }

  show(suggestions) {
    if (document.activeElement !== this.input) return;
    this.options = suggestions.map((suggestion, place) => {
      const option = document.createElement("span");
      option.id = `${this.list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.address = addressOf(suggestion, this.places);
      option.dataset.text = suggestion.text;
      option.append(...textOf(suggestion));
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.choose(-1);
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    const count = this.options.length;
    this.count.textContent = count ? `${count} suggestion${count > 1 ? "s" : ""}` : "No suggestions";
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  choose(place) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = place;
    const option = this.options[place];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  key(event) {
    if (this.list.hidden) return;
    const size = this.options.length + 1; // one place more: back in the box
    if (event.key === "ArrowDown") this.choose(((this.active + 2) % size) - 1);
    else if (event.key === "ArrowUp") this.choose(((this.active + size) % size) - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.active >= 0) this.go(this.options[this.active]);
    else return;
    event.preventDefault();
  }

  go(option) {
    if (option?.dataset.address) window.location.assign(option.dataset.address);
    else if (option) {
      this.input.value = option.dataset.text;
      this.input.form.requestSubmit();
    }
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Combobox(input);
