// The page: the phones side by side, the clock of their world, one more phone.
import { control } from "./control.js";
import { Handset } from "./handset.js";
import { watchMoney } from "./money.js";
import { watchFaults, watchWire } from "./wire.js";

const STORY = ["+254712000101", "+254712000202", "+254712000303", "+254733000505"];
const KEPT = "tunda.phones";
const world = {};
const handsets = new Map();
let version = 0;
let fresh = new AbortController();

const $ = (id) => document.getElementById(id);

function extra() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

function keepExtra(numbers) {
  localStorage.setItem(KEPT, JSON.stringify(numbers));
  version = 0;
  fresh.abort();
}

function putAway(msisdn) {
  handsets.get(msisdn)?.root.remove();
  handsets.delete(msisdn);
  keepExtra(extra().filter((number) => number !== msisdn));
}

function take(told) {
  Object.assign(world, { clock: told.clock, service_code: told.service_code, short_code: told.short_code, paybill: told.paybill });
  $("service-code").textContent = told.service_code;
  $("short-code").textContent = told.short_code;
  $("paybill").textContent = told.paybill;
  $("log-link").href = `${told.gateway}/admin/callbacks`;
  $("gateway").textContent = told.gateway.replace(/^https?:\/\//, "");
  showClock();
  for (const state of told.phones) {
    const handset = handsets.get(state.msisdn);
    if (handset) {
      handset.update(state);
    } else {
      const added = new Handset(state, world, putAway);
      added.root.classList.toggle("story", STORY.includes(state.msisdn));
      handsets.set(state.msisdn, added);
      $("phones").append(added.root);
    }
  }
}

async function watch() {
  for (;;) {
    fresh = new AbortController();
    try {
      const numbers = encodeURIComponent([...STORY, ...extra()].join(","));
      const answer = await fetch(`/control/watch?since=${version}&seconds=10&phones=${numbers}`, { signal: fresh.signal });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error);
      const moved = told.version !== version;
      version = told.version;
      take(told);
      $("link-dot").className = "up";
      if (moved) {
        watchWire();
        watchMoney();
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        $("link-dot").className = "down";
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  }
}

// --- the clock of the simulated world

function worldNow() {
  return new Date(Date.now() + (world.clock?.shift ?? 0) * 1000);
}

function inNairobi(moment) {
  return new Date(moment.getTime() + 3 * 3600 * 1000).toISOString().slice(0, 19) + "+03:00";
}

function showClock() {
  const now = inNairobi(worldNow());
  $("world-time").textContent = now.slice(11, 16);
  $("world-date").textContent = new Date(now.slice(0, 10)).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  $("clock-mark").textContent = Math.abs(world.clock?.shift ?? 0) > 1 ? "set clock" : "";
}

function tick() {
  if (!world.clock) return;
  world.clock.now = inNairobi(worldNow());
  showClock();
  for (const handset of handsets.values()) handset.paint();
}

$("clock").querySelector("summary").addEventListener("click", () => { $("clock-at").value = inNairobi(worldNow()).slice(0, 16); });
$("clock-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("clock-at").value) control("POST", "/clock", { at: `${$("clock-at").value}:00+03:00` }).then(() => { $("clock").open = false; });
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => control("POST", "/clock", { advance: Number(button.dataset.advance) }));
}
$("clock-release").addEventListener("click", () => control("DELETE", "/clock").then(() => { $("clock").open = false; }));

document.addEventListener("click", (event) => {
  for (const box of [$("clock"), $("story")]) if (!box.contains(event.target)) box.open = false;
});

$("money").addEventListener("toggle", () => watchMoney());

// --- one more phone

$("add-phone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const error = form.querySelector(".error");
  error.textContent = "";
  try {
    const phone = await control("GET", `/phones/${encodeURIComponent(form.number.value)}`);
    if (!STORY.includes(phone.msisdn) && !extra().includes(phone.msisdn)) keepExtra([...extra(), phone.msisdn]);
    form.reset();
  } catch (trouble) {
    error.textContent = trouble.message;
  }
});

setInterval(tick, 5000);
watchFaults();
watch();
