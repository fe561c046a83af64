// What the pages need beside the wallet: light or dark, focus on what went wrong, and the ruling's slider.
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

  function start(scope) {
    focusProblem(scope);
    tieSliders(scope);
    tiePrints(scope);
    tieParts(scope);
  }

  document.addEventListener("DOMContentLoaded", () => { setUpTheme(); start(document); });
})();
