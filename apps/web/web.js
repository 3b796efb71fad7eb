// The page for asking. The conversation lives here, not on the server: earlier questions are sent along.

const at = (id) => document.getElementById(id);
const state = { video: null, earlier: [], stop: null };

function put(place, html) {
  place.innerHTML = html; // made and escaped by the server, never out of what somebody typed here
  enliven(place);
}

function say(text, failed = false) {
  at("video-state").textContent = text;
  at("video-state").classList.toggle("failed", failed);
}

async function failure(reply) {
  const body = await reply.json().catch(() => ({}));
  return sentence(body.error || { message: `the server answered ${reply.status}` });
}

function sentence({ message, hint }) {
  const words = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  const whole = /[.!?)]$/.test(words) ? words : `${words}.`;
  return hint && !words.includes(hint) ? `${whole} ${hint.charAt(0).toUpperCase()}${hint.slice(1)}` : whole;
}

// ---- the video

async function choose(name) {
  say("Opening ...");
  const reply = await fetch(`/web/video?video=${encodeURIComponent(name)}`);
  if (!reply.ok) return forget(await failure(reply));
  const video = await reply.json();
  state.video = video;
  state.earlier = [];
  at("turns").replaceChildren();
  put(at("player"), video.player);
  put(at("moments"), video.moments);
  say([`${video.name}, ${clock(video.duration)}`, ...video.warnings].join(". "));
  at("go").disabled = Boolean(state.stop);
  at("question").focus({ preventScroll: true });
}

function forget(why) {
  state.video = null;
  at("go").disabled = true;
  at("player").replaceChildren();
  at("moments").replaceChildren();
  say(why, true);
}

// XMLHttpRequest, because fetch does not tell how much of a body was sent.
function send(file) {
  const largest = Number(document.body.dataset.largest);
  if (file.size > largest) return forget(`${file.name} has ${(file.size / 1e6).toFixed(0)} MB; up to ${(largest / 1e6).toFixed(0)} MB are taken. Cut it, or start vidprog web with a larger --max-upload.`);
  const request = new XMLHttpRequest(), body = new FormData();
  body.append("file", file);
  at("sending").hidden = false;
  say(`Sending ${file.name} ...`);
  request.upload.addEventListener("progress", (event) => { at("sending").value = event.loaded / (event.total || 1); });
  request.addEventListener("loadend", () => { at("sending").hidden = true; at("file").value = ""; });
  request.addEventListener("error", () => forget("The server cannot be reached."));
  request.addEventListener("load", async () => {
    if (request.status >= 400) return forget(await failure(new Response(request.responseText, { status: request.status })));
    await choose(JSON.parse(request.responseText).id);
  });
  request.open("POST", "/v1/files");
  request.send(body);
}

async function trySample() {
  at("sample").disabled = true;
  say("Making the sample clip ...");
  const reply = await fetch("/web/sample", { method: "POST" });
  if (reply.ok) await choose((await reply.json()).id);
  else forget(await failure(reply));
}

async function listVideos() {
  const reply = await fetch("/v1/videos");
  const { videos } = reply.ok ? await reply.json() : { videos: [] };
  for (const { video } of videos) at("videos").append(new Option(video, video));
  at("here").hidden = videos.length === 0;
}

at("file").addEventListener("change", () => { if (at("file").files[0]) send(at("file").files[0]); });
at("videos").addEventListener("change", () => { if (at("videos").value) choose(at("videos").value); });
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", name.startsWith("drago") || name === "dragenter");
    if (name === "drop" && event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
  });
}

// ---- questions

function wanted() {
  const choices = at("choices").value.split("\n").map((line) => line.trim()).filter(Boolean);
  return {
    video: state.video.id, question: at("question").value.trim(), choices: choices.length ? choices : null,
    program: at("program").value || null, profile: at("profile").value || null, rounds: Number(at("rounds").value) || null,
    earlier: state.earlier.slice(-20),
  };
}

function make(name, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

function newTurn(question) {
  const live = make("div", { className: "live" });
  live.setAttribute("role", "log");
  live.setAttribute("aria-label", "Steps");
  live.tabIndex = 0;
  const bar = make("progress", { max: 1 }), doing = make("p", { className: "vp-quiet" }, "Starting ...");
  bar.setAttribute("aria-label", "Progress");
  doing.setAttribute("role", "status");
  const turn = make("section", { className: "card turn" }, make("h2", {}, question), doing, bar, live);
  turn.setAttribute("aria-label", `Question: ${question}`);
  at("turns").prepend(turn);
  turn.scrollIntoView({ block: "nearest" });
  return { turn, live, bar, doing };
}

async function ask() {
  const asked = wanted(), shown = newTurn(asked.question), controller = new AbortController();
  state.stop = controller;
  at("go").disabled = true;
  at("stop").hidden = false;
  try {
    const reply = await fetch("/web/ask", { method: "POST", signal: controller.signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    if (reply.ok) await read(reply.body, (name, data) => take(shown, asked, name, data));
    else fail(shown, await failure(reply));
  } catch (error) {
    fail(shown, controller.signal.aborted ? "Stopped. Asked again, it goes on where it was." : "The server cannot be reached.");
  }
  state.stop = null;
  at("go").disabled = !state.video;
  at("stop").hidden = true;
}

// Server-sent events, read from the reply of a POST.
async function read(body, each) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block), data = /^data: (.*)$/m.exec(block);
      if (name && data) each(name[1], JSON.parse(data[1]));
    }
  }
}

const TAKEN = {
  progress(shown, asked, { message, share }) {
    shown.doing.textContent = `${message} ...`;
    if (share === null) shown.bar.removeAttribute("value");
    else shown.bar.value = share;
  },
  line(shown, asked, { html }) {
    const line = make("div");
    put(line, html);
    shown.live.append(line);
    shown.doing.textContent = "Working ...";
    shown.bar.removeAttribute("value");
    shown.live.scrollTop = shown.live.scrollHeight;
  },
  error(shown, asked, { error }) {
    fail(shown, sentence(error));
  },
  answer: answered,
};

function take(shown, asked, name, data) {
  if (TAKEN[name]) TAKEN[name](shown, asked, data);
}

function end(shown) {
  shown.bar.remove();
  shown.doing.remove();
}

function fail(shown, words) {
  end(shown);
  const line = make("p", { className: "failed" }, words);
  line.setAttribute("role", "alert");
  shown.turn.querySelector("h2").after(line);
}

function answered(shown, asked, data) {
  end(shown);
  shown.live.remove();
  const body = make("div");
  put(body, `${data.answer}<h3>Evidence</h3>${data.evidence}<details><summary>How it was answered</summary>${data.rounds}</details>`);
  body.append(takeaway(data));
  shown.turn.append(body);
  if (state.video && asked.video === state.video.id) {
    state.earlier.push(asked.question);
    refresh(data);
  }
  at("question").value = "";
}

function takeaway(data) {
  const video = encodeURIComponent(state.video.id);
  const link = (text, href, name) => make("a", { href, download: name }, text);
  const blob = (content, type) => URL.createObjectURL(new Blob([content], { type }));
  return make("p", { className: "takeaway" },
    link("Report", blob(data.report, "text/html"), "answer.html"),
    link("Answer as JSON", blob(JSON.stringify(data.document, null, 2), "application/json"), "answer.json"),
    link("Timeline as CSV", `/v1/timeline?format=csv&video=${video}`, "timeline.csv"),
    link("Timeline as subtitles", `/v1/timeline?format=srt&video=${video}`, "timeline.srt"));
}

// The player goes on playing; what lies around it is that of the new answer.
function refresh(data) {
  const player = document.querySelector("[data-player]"), fresh = make("div");
  fresh.innerHTML = data.player;
  for (const part of [".buttons", ".lanes"]) {
    const old = player.querySelector(part), now = fresh.querySelector(part);
    if (old && now) old.replaceWith(now);
    else if (now) player.append(now);
  }
  enliven(player);
  put(at("moments"), data.moments);
  if (player.querySelector("video").paused) begin(player);
}

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (state.video && !state.stop && at("question").value.trim()) ask();
});
at("stop").addEventListener("click", () => state.stop && state.stop.abort());
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});
at("sample").addEventListener("click", trySample);
listVideos();
