// What the pages need beside the wallet: light or dark, focus on what went wrong, the ruling's slider, and rows that are brought when wanted.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function setUpTheme() {
    const button = document.querySelector("[data-theme-toggle]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const now = root.dataset.theme || (dark.matches ? "dark" : "light");
      const next = now === "dark" ? "light" : "dark";
      root.dataset.theme = next;
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    });
  }

  function focusProblem(scope) {
    const problem = scope.querySelector("[data-focus]");
    if (problem) problem.focus();
  }

  // the number is the field; the slider only moves it
  function tieSliders(scope) {
    for (const slider of scope.querySelectorAll("[data-slides]")) {
      const number = document.getElementById(slider.dataset.slides);
      if (!number) continue;
      slider.hidden = false;
      slider.value = number.value || slider.value;
      slider.addEventListener("input", () => { number.value = slider.value; });
      number.addEventListener("input", () => { slider.value = number.value; });
    }
  }

  function tiePrints(scope) {
    for (const button of scope.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  }

  // a hidden part of a form shows when the select or radio it hangs on has the named value
  function tieParts(scope) {
    for (const part of scope.querySelectorAll("[data-shown-when]")) {
      const [name, ...values] = part.dataset.shownWhen.split(" ");
      const form = part.closest("form");
      if (!form) continue;
      const update = () => {
        const control = form.elements[name];
        const value = control ? control.value : "";
        const on = values[0].startsWith("!") ? value !== values[0].slice(1) : values.includes(value);
        part.hidden = !on;
      };
      form.addEventListener("change", update);
      update();
    }
  }

  // a list of rows shows those that are filled and one more; a button brings the next. Without this all rows are there
  function tieRows(scope) {
    for (const list of scope.querySelectorAll("[data-rows]")) {
      const rows = [...list.querySelectorAll("[data-row]")];
      const filled = (row) => [...row.querySelectorAll("input")].some((field) => field.value.trim());
      const wrong = (row) => row.querySelector("[aria-invalid]");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "secondary fit";
      button.textContent = list.dataset.rowsAdd;
      const show = (count) => rows.forEach((row, i) => { row.hidden = i >= count; });
      const shown = () => rows.filter((row) => !row.hidden).length;
      const update = () => {
        const last = rows.reduce((found, row, i) => (filled(row) || wrong(row) ? i + 1 : found), 0);
        if (last > shown()) show(last);
        button.hidden = shown() === rows.length;
      };
      button.addEventListener("click", () => {
        show(shown() + 1);
        update();
        rows[shown() - 1].querySelector("input").focus();
      });
      show(1);
      list.append(button);
      list.closest("form")?.addEventListener("change", update);
      update();
    }
  }

  // when what had the focus is swapped away, the part it was in takes it, so that Tab goes on from there
  function keepFocus(part) {
    let last = null;
    part.addEventListener("focusin", (event) => { last = event.target; });
    document.addEventListener("focusin", (event) => { if (!part.contains(event.target)) last = null; });
    document.addEventListener("pointerdown", () => { last = null; });
    new MutationObserver(() => {
      if (last && !last.isConnected && document.activeElement === document.body) part.focus();
    }).observe(part, { childList: true, subtree: true });
  }

  function start(scope) {
    focusProblem(scope);
    tieSliders(scope);
    tiePrints(scope);
    tieParts(scope);
    tieRows(scope);
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpTheme();
    start(document);
    document.querySelectorAll("[data-keeps-focus]").forEach(keepFocus);
  });
})();
