// The wire (last exchanges) and the faults that are switched on.
import { control } from "./control.js";
import { national } from "./handset.js";

const $ = (id) => document.getElementById(id);
let newest = 0;

function part(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function gist(exchange) {
  const out = exchange.direction === "to-gateway";
  if (exchange.kind === "ussd-hop") return exchange.reply.replace(/\s+/g, " ");
  if (exchange.kind.startsWith("sms") || exchange.kind === "ussd-event") {
    const fields = new URLSearchParams(exchange.request);
    return fields.get("text") ?? fields.get("message") ?? fields.get("status") ?? "";
  }
  try {
    const body = JSON.parse(out ? exchange.request : exchange.reply);
    const inner = body.Body?.stkCallback ?? body;
    return inner.ResultDesc ?? inner.ResponseDescription ?? inner.errorMessage ?? "";
  } catch {
    return "";
  }
}

function line(exchange) {
  const row = document.createElement("li");
  const good = exchange.status !== null && exchange.status < 300;
  const head = document.createElement("button");
  head.append(
    part("time", "", exchange.at.slice(11, 19)),
    part("i", exchange.direction, exchange.direction === "to-gateway" ? "→" : "←"),
    part("b", "kind", exchange.kind),
    part("span", "who", exchange.phone ? national(exchange.phone) : ""),
    part("span", `answer ${good ? "good" : "bad"}`, exchange.status ?? "—"),
    part("span", "ms", `${exchange.ms} ms`),
    part("span", "gist", gist(exchange)),
    part("em", "fault", exchange.fault),
  );
  row.append(head);
  head.addEventListener("click", () => {
    const open = row.querySelector("pre");
    if (open) { open.remove(); return; }
    row.append(part("pre", "", `${exchange.method} ${exchange.path}\n${exchange.request}\n\n${exchange.error || exchange.status}\n${exchange.reply}`));
  });
  return row;
}

/** The newest exchange in one line at the foot of the window, for whoever looks at the phones. */
function tell(exchange) {
  const ticker = $("ticker");
  ticker.hidden = !exchange;
  if (exchange) ticker.replaceChildren(...line(exchange).firstChild.childNodes);
}

/** Fetch what passed since the last look and put it on top. */
export async function watchWire() {
  const { exchanges } = await control("GET", "/traffic?last=60");
  const list = $("exchanges");
  const last = exchanges.length ? exchanges[exchanges.length - 1].id : 0;
  if (!exchanges.length) list.replaceChildren();
  for (const exchange of exchanges.filter((one) => one.id > newest)) list.prepend(line(exchange));
  newest = Math.max(newest, last);
  tell(exchanges[exchanges.length - 1]);
  while (list.children.length > 60) list.lastElementChild.remove();
}

/** Fill the faults panel and keep it right. */
export async function watchFaults() {
  const { kinds } = await control("GET", "/faults/kinds");
  const form = $("fault-form");
  const fill = (select, words) => select.replaceChildren(...words.map((word) => new Option(word, word)));
  fill(form.kind, Object.keys(kinds));
  const modes = () => fill(form.mode, kinds[form.kind.value]);
  form.kind.addEventListener("change", modes);
  modes();

  const list = ({ faults }) => {
    $("fault-count").textContent = faults.length ? `${faults.length} on` : "";
    $("fault-list").replaceChildren(...faults.map((fault) => {
      const item = document.createElement("li");
      const times = fault.times === null ? "until cleared" : `${fault.times} more`;
      const whom = fault.phone ? `, ${fault.phone}` : "";
      const chance = fault.chance < 1 ? `, ${Math.round(fault.chance * 100)} of 100` : "";
      const off = part("button", "", "×");
      off.setAttribute("aria-label", "Switch off");
      off.addEventListener("click", async () => list(await control("DELETE", `/faults/${fault.id}`)));
      item.append(part("b", "", fault.kind), part("span", "", `${fault.mode} ${fault.code} (${times}${whom}${chance})`), off);
      return item;
    }));
  };
  const look = async () => list(await control("GET", "/faults"));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = form.querySelector(".error");
    error.textContent = "";
    const body = { kind: form.kind.value, mode: form.mode.value };
    for (const name of ["times", "n", "seconds", "chance"]) if (form[name].value) body[name] = Number(form[name].value);
    for (const name of ["code", "phone"]) if (form[name].value) body[name] = form[name].value;
    try {
      await control("POST", "/faults", body);
      await look();
    } catch (trouble) {
      error.textContent = trouble.message;
    }
  });
  await look();
  setInterval(() => { if ($("faults").open) look(); if ($("wire").open) watchWire(); }, 2000);
}
