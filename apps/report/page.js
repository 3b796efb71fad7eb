"use strict";
// What a report and the page for asking do with moments: jump to them, follow the player, filter them. Everything goes
// by delegation, so that answers which come later need nothing.

const players = () => [...document.querySelectorAll("[data-player]")];
const playerOf = (number) => document.querySelector(`[data-player="${number}"]`);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600), hours = Math.floor(minutes / 60), rest = tenths % 600;
  const head = hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}` : `${minutes}`;
  return `${head}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

function jump(player, start, end) {
  const video = player.querySelector("video");
  player.dataset.now = start;
  if (isAway(player)) {
    showStill(player, start, end);
  } else {
    video.currentTime = start;
    if (video.readyState === 0) video.addEventListener("loadedmetadata", () => { video.currentTime = start; }, { once: true });
  }
  follow(player, start);
  const box = player.getBoundingClientRect();
  if (box.top < 0 || box.top > window.innerHeight * 0.6) player.scrollIntoView({ block: "start" });
}

function isAway(player) {
  return player.dataset.away !== undefined;
}

// The frames in the page stand in for a video that is not there.
function goAway(player) {
  if (isAway(player)) return;
  player.dataset.away = "";
  player.querySelector("video").hidden = true;
  player.querySelector(".away").hidden = false;
  const start = Number(player.dataset.now || firstEvidence(player));
  showStill(player, start);
  follow(player, start);
}

function firstEvidence(player) {
  const bar = player.querySelector(".vp-evidence");
  return bar ? bar.dataset.start : 0;
}

function pictures(player) {
  const number = player.dataset.player;
  const cards = all(`.card-button[data-video="${number}"]`).filter((card) => card.querySelector("img"));
  const frames = cards.map((card) => ({ start: Number(card.dataset.start), end: Number(card.dataset.end), url: card.querySelector("img").src }));
  const strip = all(".strip img", player).map((image) => ({ start: Number(image.dataset.start), end: Number(image.dataset.start), url: image.src }));
  return [...frames, ...strip];
}

function showStill(player, start, end = start) {
  const distance = (frame) => Math.abs((frame.start + frame.end) / 2 - (start + end) / 2);
  const best = pictures(player).sort((one, other) => distance(one) - distance(other))[0];
  const still = player.querySelector(".still");
  still.hidden = !best;
  if (!best) return;
  still.querySelector("img").src = best.url;
  still.querySelector("figcaption").textContent = `A frame at ${clock((best.start + best.end) / 2)}`;
}

function follow(player, now) {
  player.dataset.now = now;
  const duration = Number(player.dataset.duration);
  const output = player.querySelector(".clock");
  if (output) output.textContent = clock(now);
  const head = player.querySelector(".playhead"), track = player.querySelector(".vp-axis");
  if (head && track) {
    const place = track.getBoundingClientRect(), left = head.parentElement.getBoundingClientRect().left;
    head.style.left = `${place.left - left + place.width * Math.min(1, now / duration) - 1}px`;
  }
  for (const bar of all(".vp-bar", player)) {
    const start = Number(bar.dataset.start), end = Math.max(Number(bar.dataset.end), start + 0.2);
    bar.classList.toggle("now", start <= now + 0.05 && now < end);
  }
}

function stepMoment(player, by) {
  const evidence = all(".vp-evidence", player);
  const bars = evidence.length ? evidence : all(".vp-bar", player);
  const starts = [...new Set(bars.map((bar) => Number(bar.dataset.start)))].sort((a, b) => a - b);
  const now = Number(player.dataset.now || 0);
  const next = by > 0 ? starts.find((start) => start > now + 0.05) : starts.filter((start) => start < now - 0.05).pop();
  jump(player, next ?? (by > 0 ? starts[0] : starts[starts.length - 1]));
}

document.addEventListener("click", (event) => {
  const stepper = event.target.closest("[data-step]");
  if (stepper) return stepMoment(playerOf(stepper.dataset.video), Number(stepper.dataset.step));
  go(event.target.closest("[data-start]"));
});

function go(moment) {
  const player = moment && (moment.closest("[data-player]") || playerOf(moment.dataset.video));
  if (player) jump(player, Number(moment.dataset.start), Number(moment.dataset.end || moment.dataset.start));
}

// Bars of a drawing become buttons: one stop of the Tab key for each lane, arrows go on inside of it.
function enliven(root) {
  for (const lane of all("svg.vp-lane", root)) {
    lane.setAttribute("role", "group");
    all(".vp-bar", lane).forEach((bar, place) => {
      bar.setAttribute("role", "button");
      bar.setAttribute("tabindex", place ? "-1" : "0");
      bar.setAttribute("aria-label", bar.querySelector("title").textContent);
    });
  }
  for (const code of all("pre", root)) code.tabIndex = 0; // what scrolls must be reached by the keyboard
}

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest && event.target.closest(".vp-bar");
  if (!bar) return;
  const by = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
  if (by !== undefined) focusBar(bar, by);
  else if (event.key === "Enter" || event.key === " ") go(bar);
  else return;
  event.preventDefault();
});

function focusBar(bar, by) {
  const bars = all(".vp-bar:not(.off)", bar.parentElement);
  bars.sort((one, other) => one.dataset.start - other.dataset.start);
  const place = Math.max(0, Math.min(bars.length - 1, bars.indexOf(bar) + by));
  for (const one of bars) one.setAttribute("tabindex", "-1");
  bars[place].setAttribute("tabindex", "0");
  bars[place].focus();
}

function filter(form) {
  const kinds = new Set(all('[name="kind"]:checked', form).map((box) => box.value));
  const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const proof = form.elements.evidence.checked;
  const section = form.closest("section") || document;
  let shown = 0;
  for (const row of all(".moments > li", section)) {
    const text = row.querySelector(".content").textContent.toLowerCase();
    const keep = kinds.has(row.dataset.kind) && (!proof || row.dataset.evidence !== undefined) && words.every((word) => text.includes(word));
    row.hidden = !keep;
    shown += keep;
  }
  for (const bar of all(".vp-bar")) {
    const text = bar.querySelector("title").textContent.toLowerCase();
    const keep = kinds.has(bar.dataset.kind) && (!proof || bar.matches(".vp-evidence")) && words.every((word) => text.includes(word));
    bar.classList.toggle("off", !keep);
  }
  const total = all(".moments > li", section).length;
  section.querySelector("[data-count]").textContent = shown === total ? `${total} moments` : `${shown} of ${total} moments`;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-filter]");
  if (form) filter(form);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-filter]")) event.preventDefault();
});

// Events of media do not bubble, but they can be caught on their way down.
document.addEventListener("timeupdate", (event) => {
  const player = event.target.closest("[data-player]");
  if (player) follow(player, event.target.currentTime);
}, true);
document.addEventListener("error", (event) => {
  const player = event.target.closest && event.target.closest("[data-player]");
  const source = event.target.tagName === "SOURCE" ? event.target : null;
  if (player && (event.target.tagName === "VIDEO" || (source && !source.nextElementSibling))) goAway(player);
}, true);
document.addEventListener("loadedmetadata", (event) => {
  const player = event.target.closest("[data-player]");
  if (player && player.dataset.now === undefined) begin(player);
}, true);

function begin(player) {
  const start = Number(firstEvidence(player));
  const video = player.querySelector("video");
  if (isAway(player)) return;
  if (video.readyState > 0) video.currentTime = start;
  follow(player, start);
}

enliven(document);
// What happened before this script ran. A player that still chooses among its sources looks like one that has none, so
// that is asked later.
function catchUp() {
  for (const player of players()) {
    const video = player.querySelector("video");
    if (video.readyState > 0 && player.dataset.now === undefined) begin(player);
    else if (video.readyState === 0 && video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) goAway(player);
  }
}
window.addEventListener("load", () => window.setTimeout(catchUp, 300));
window.addEventListener("resize", () => players().forEach((player) => follow(player, Number(player.dataset.now || 0))));
