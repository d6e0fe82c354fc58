// An interview that ends before its time: held another day, or broken off with a reason.
import { h } from "./dom.js";

const WAYS = ["reschedule", "abandon"];

/** {button, dialog}: what opens it, and the dialog itself. */
export function breakingOff(t, trigger) {
  const today = new Date();
  const day = h("input", { type: "date", class: "fs-input", id: "break-off-day",
    min: new Date(today - today.getTimezoneOffset() * 60000).toISOString().slice(0, 10) });
  const text = h("input", { type: "text", class: "fs-input", id: "break-off-text", maxlength: "200", autocomplete: "off" });
  const textLabel = h("span", { class: "fs-soft" });
  const dayRow = h("label", { for: day.id }, h("span", { class: "fs-soft" }, t("breaking_off.day")), day);
  const said = h("p", { role: "status", class: "fs-problem", hidden: true });
  const ways = WAYS.map((way) => h("input", { type: "radio", name: "break-off", value: way, id: `break-off-${way}`, onchange: choose }));
  const title = h("h3", { id: "break-off-title" }, t("breaking_off.title"));
  const form = h("form", { method: "dialog", onsubmit: send }, title,
    h("p", { class: "fs-soft" }, t("breaking_off.about")),
    h("fieldset", { class: "fs-ways" }, h("legend", { class: "fs-hidden" }, t("breaking_off.how")),
      WAYS.map((way, i) => h("label", { for: ways[i].id }, ways[i], t(`breaking_off.${way}`)))),
    h("div", { class: "fs-fields" }, dayRow, h("label", { for: text.id }, textLabel, text)), said,
    h("div", { class: "fs-row fs-end" },
      h("button", { type: "button", class: "fs-button", onclick: () => dialog.close() }, t("breaking_off.cancel")),
      h("button", { type: "submit", class: "fs-main-button", id: "break-off-go" }, t("breaking_off.confirm"))));
  form.noValidate = true;
  const dialog = h("dialog", { class: "fs-dialog", "aria-labelledby": title.id }, form);
  const button = h("button", { type: "button", class: "fs-quiet", id: "break-off", onclick: () => { choose(); dialog.showModal(); } },
    t("breaking_off.open"));
  ways[0].checked = true;

  const way = () => ways.find((one) => one.checked).value;
  function choose() {
    dayRow.hidden = way() !== "reschedule";
    textLabel.textContent = t(way() === "reschedule" ? "breaking_off.note" : "breaking_off.reason");
    tell("");
  }
  function tell(line) {
    said.textContent = line;
    said.hidden = !line;
  }
  function send(event) {
    event.preventDefault();
    const past = !day.value || day.value < day.min;
    if (way() === "reschedule" && past) { tell(t("breaking_off.day_needed")); day.focus(); return; }
    if (way() === "abandon" && !text.value.trim()) { tell(t("breaking_off.reason_needed")); text.focus(); return; }
    trigger("break_off", { how: way(), on: way() === "reschedule" ? day.value : "", text: text.value.trim() });
    dialog.close();
  }
  return { button, dialog };
}

/**
 * Ask once more before an end that leaves questions unasked.
 * `nOpen()` says how many there are now; what goes on is the click itself.
 */
export function sureToEnd(selector, nOpen, t) {
  let sure = false;
  const text = h("p", {});
  const dialog = h("dialog", { class: "fs-dialog", "aria-labelledby": "end-early-title" }, h("h3", { id: "end-early-title" }, t("ending.title")), text,
    h("div", { class: "fs-row fs-end" },
      h("button", { type: "button", class: "fs-button", onclick: () => dialog.close() }, t("ending.back")),
      h("button", { type: "button", class: "fs-main-button", id: "end-early", onclick: () => {
        dialog.close();
        sure = true;
        document.querySelector(selector)?.click();
      } }, t("ending.go"))));
  document.body.append(dialog);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(selector)) return;
    const n = nOpen();
    if (sure || !n) {
      // The click comes a second time when it is its turn, see in_order.js.
      setTimeout(() => { sure = false; }, 10000);
      return;
    }
    event.stopImmediatePropagation();
    event.preventDefault();
    text.textContent = t("ending.open", { n });
    dialog.showModal();
  }, true);
}

/** Lines that say why an interview was broken off, and when it is held instead. */
export function brokenOff(found, t) {
  if (!found) return [];
  return [found.next_on ? t("breaking_off.held_on", { day: found.next_on }) : null,
    found.because ? t(found.next_on ? "breaking_off.noted" : "breaking_off.because", { reason: found.because }) : null]
    .filter(Boolean).map((line) => h("p", {}, line));
}
