// One feature phone: its screens, its keys, and what its owner does with them.
import { control } from "./control.js";
import { measure } from "./gsm.js";
import { LANGUAGES, chipsOf, wordsOf } from "./words.js";

const DIGITS = [
  ["1", "."], ["2", "abc"], ["3", "def"], ["4", "ghi"], ["5", "jkl"], ["6", "mno"],
  ["7", "pqrs"], ["8", "tuv"], ["9", "wxyz"], ["*", "+"], ["0", "␣"], ["#", "⇧"],
];
// As the simulator calls the networks, and what a signal may be (simulator/handsets.py).
const NETWORKS = { 63902: "Safaricom", 63903: "Airtel", 63907: "Telkom", 63999: "Equitel" };
const SIGNALS = { good: "Good signal", slow: "Slow signal", none: "No signal" };

// What "Lipa na M-PESA > Pay Bill" asks, one screen after the other.
const PAYING = [
  { name: "paybill", asks: "Enter business no.", mode: "numeric" },
  { name: "account", asks: "Enter account no.", mode: "text" },
  { name: "amount", asks: "Enter amount", mode: "numeric" },
  { name: "pin", asks: "Enter M-PESA PIN", mode: "numeric" },
];

/** 0712 000 101 out of +254712000101. */
export function national(msisdn) {
  const digits = "0" + msisdn.slice(4);
  return `${digits.slice(0, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`;
}

function minutes(iso) {
  return iso.slice(11, 16);
}

export class Handset {
  constructor(state, world, putAway) {
    this.msisdn = state.msisdn;
    this.world = world;
    this.view = "home";
    this.chosen = 0;
    this.reading = null;
    this.known = new Set(state.inbox.map((text) => text.id));
    const copy = document.getElementById("handset").content.cloneNode(true);
    this.root = copy.querySelector(".phone");
    this.root.dataset.msisdn = this.msisdn;
    this.build(putAway);
    this.update(state);
  }

  // --- the parts

  $(selector) {
    return this.root.querySelector(selector);
  }

  input() {
    return this.$(`.view.${this.view} .typed`);
  }

  build(putAway) {
    const digits = this.$(".digits");
    for (const [digit, letters] of DIGITS) {
      const key = document.createElement("button");
      key.dataset.digit = digit;
      key.setAttribute("aria-label", `Key ${digit}`);
      key.append(digit, Object.assign(document.createElement("small"), { textContent: letters }));
      key.addEventListener("click", () => this.type(digit));
      digits.append(key);
    }
    const on = (selector, act) => this.$(selector).addEventListener("click", act);
    on(".soft-left", () => this.left());
    on(".soft-right", () => this.right());
    on(".ok", () => this.left());
    on(".up", () => this.move(-1));
    on(".down", () => this.move(1));
    on(".call", () => this.call());
    on(".end", () => this.end());
    on(".remove", () => putAway(this.msisdn));
    this.choice(".network", NETWORKS, (network) => this.do("", { network }));
    this.choice(".signal-is", SIGNALS, (signal) => this.do("", { signal }));
    this.choice(".language", Object.fromEntries(Object.keys(LANGUAGES).map((name) => [name, name])), (language) => this.do("", { language }));
    this.root.addEventListener("keydown", (event) => this.key(event));
    // A choice has its own event, which comes after this one and must find what was chosen.
    this.root.addEventListener("input", (event) => { if (!event.target.closest("select")) this.paint(); });
    this.$(".inbox ol").addEventListener("click", (event) => {
      const line = event.target.closest("li");
      if (line) { this.chosen = Number(line.dataset.place); this.left(); }
    });
  }

  choice(selector, options, take) {
    const select = this.$(selector);
    select.append(...Object.entries(options).map(([value, words]) => new Option(words, value)));
    select.addEventListener("change", () => take(select.value));
  }

  // --- what the network tells

  update(state) {
    const first = this.state === undefined;
    this.state = state;
    const fresh = state.inbox.filter((text) => !this.known.has(text.id));
    for (const text of fresh) this.known.add(text.id);
    if (fresh.length && !first) this.buzz();
    if (state.prompt) {
      if (this.view !== "prompt") { this.show("prompt"); this.buzz(); }
    } else if (this.view === "prompt") {
      this.show("home");
    } else if (state.session && state.session.id !== this.session) {
      if (this.view !== "compose") this.show("ussd");
    }
    this.session = state.session?.id ?? this.session;
    this.paint();
  }

  buzz() {
    this.root.classList.remove("buzz");
    requestAnimationFrame(() => this.root.classList.add("buzz"));
  }

  async do(verb, body) {
    this.$("p.error").textContent = "";
    try {
      this.update(await control("POST", `/phones/${encodeURIComponent(this.msisdn)}${verb && `/${verb}`}`, body ?? {}));
      return true;
    } catch (error) {
      this.$("p.error").textContent = error.message;
      return false;
    }
  }

  // --- what the owner does

  show(view) {
    this.view = view;
    for (const each of this.root.querySelectorAll(".view")) each.hidden = !each.classList.contains(view);
    const input = this.input();
    if (input) {
      input.value = "";
      if (this.root.contains(document.activeElement)) input.focus();
    }
    this.paint();
  }

  type(digit) {
    if (this.view === "home") this.show("dialing");
    const input = this.input();
    if (!input || input.offsetParent === null) return;
    if (input.maxLength < 0 || input.value.length < input.maxLength) input.value += digit;
    input.focus();
    this.paint();
  }

  async dial(code) {
    this.show("ussd");
    await this.do("dial", { code });
    this.focusInput();
  }

  focusInput() {
    const input = this.input();
    if (input && this.root.contains(document.activeElement)) input.focus();
  }

  compose(text, to) {
    this.show("compose");
    this.$(".to-number").value = to ?? this.world.short_code ?? "";
    const input = this.input();
    input.value = text ?? "";
    input.focus();
    this.paint();
  }

  pay() {
    this.paying = { step: 0, given: {} };
    this.show("pay");
    this.input().value = this.world.paybill ?? "";
    this.input().focus();
    this.paint();
  }

  async payOn() {
    const { step, given } = this.paying;
    const text = this.input().value.trim();
    if (!text) return;
    given[PAYING[step].name] = text;
    if (step + 1 < PAYING.length) {
      this.paying.step += 1;
      this.show("pay");
    } else if (await this.do("pay", { ...given, amount: Number(given.amount) })) {
      this.show("home");
    }
  }

  call() {
    if (this.view === "dialing") {
      const code = this.input().value;
      if (code) this.dial(code);
    } else if (this.view === "home") {
      this.show("dialing");
      this.input().value = this.world.service_code ?? "";
      this.input().focus();
    } else {
      this.left();
    }
  }

  async end() {
    if (this.view === "prompt") { await this.do("prompt", { cancel: true }); return; }
    if (this.view === "ussd") await this.do("hangup");
    this.show("home");
  }

  async left() {
    if (this.view === "home") {
      const unread = this.state.inbox.filter((text) => !text.read);
      if (unread.length) this.open(unread[unread.length - 1]);
      else { this.chosen = 0; this.show("inbox"); }
    } else if (this.view === "dialing") {
      this.call();
    } else if (this.view === "ussd" && this.state.session_open && !this.state.waiting) {
      const input = this.input();
      const text = input.value;
      input.value = "";
      await this.do("answer", { text });
      this.focusInput();
    } else if (this.view === "inbox") {
      if (this.chosen === 0) this.compose();
      else this.open(this.listed()[this.chosen - 1]);
    } else if (this.view === "message" && this.answerable()) {
      this.compose("", this.reading.from);
    } else if (this.view === "compose") {
      const text = this.input().value;
      if (text && await this.do("sms", { text, to: this.$(".to-number").value.replace(/\s/g, "") })) this.show("home");
    } else if (this.view === "prompt") {
      await this.do("prompt", { pin: this.input().value });
    } else if (this.view === "pay") {
      await this.payOn();
    }
  }

  async right() {
    const input = this.input();
    if (this.view === "home") this.compose();
    else if (this.view === "ussd" || this.view === "prompt") await this.end();
    else if (this.view === "message") { this.chosen = 0; this.show("inbox"); }
    else if (input && input.value) { input.value = input.value.slice(0, -1); input.focus(); this.paint(); }
    else this.show("home");
  }

  move(step) {
    if (this.view === "inbox") {
      const count = this.listed().length + 1;
      this.chosen = (this.chosen + step + count) % count;
      this.paint();
      this.$(".inbox li.chosen")?.scrollIntoView({ block: "nearest" });
    } else if (this.view === "home") {
      this.show("inbox");
    } else {
      this.$(`.view.${this.view} .said`)?.scrollBy({ top: step * 32 });
    }
  }

  open(text) {
    this.reading = text;
    this.show("message");
    if (!text.read) this.do("read", { id: text.id });
  }

  answerable() {
    return /^\+?[0-9]+$/.test(this.reading?.from ?? "");
  }

  listed() {
    return [...this.state.inbox].reverse();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, select")) return;
    const writing = event.target.closest("input, textarea") !== null;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.view === "dialing") this.call();
      else this.left();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.end();
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && this.view !== "compose") {
      event.preventDefault();
      this.move(event.key === "ArrowUp" ? -1 : 1);
    } else if (!writing && /^[0-9*#+]$/.test(event.key)) {
      event.preventDefault();
      this.type(event.key);
    } else if (!writing && event.key.length === 1 && this.input() && this.view !== "dialing") {
      event.preventDefault();
      this.type(event.key);
    }
  }

  // --- what is on the screen

  paint() {
    const state = this.state;
    if (!state) return;
    const now = this.world.clock?.now ?? "";
    const words = wordsOf(state.language);
    const unread = state.inbox.filter((text) => !text.read).length;
    this.$(".name").textContent = state.name || "A phone";
    this.$(".role").textContent = state.role;
    this.$(".number").textContent = national(state.msisdn);
    this.$(".language").value = state.language in LANGUAGES ? state.language : "English";
    this.$(".network").value = Object.keys(NETWORKS).find((code) => NETWORKS[code] === state.network) ?? "";
    this.$(".signal-is").value = state.signal;
    this.root.dataset.signal = state.signal;
    this.$(".running").textContent = words.running;
    this.$(".to-word").textContent = words.to;
    this.$(".number-word").textContent = words.number;
    this.$(".inbox h3").textContent = words.messages;
    this.root.dataset.role = state.role || "other";
    this.root.classList.toggle("off", !state.on);
    this.$(".operator").textContent = state.signal === "none" ? words.no_signal : state.network;
    this.$(".status .time").textContent = minutes(now);
    this.$(".big-time").textContent = minutes(now);
    this.$(".date").textContent = now ? new Date(now.slice(0, 10)).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }) : "";
    this.$(".envelope").hidden = unread === 0;
    this.$(".home .note").textContent = unread === 0 ? "" : words.new_messages(unread);
    this.paintUssd(state);
    this.paintInbox();
    if (this.view === "message" && this.reading) {
      this.$(".message h3").textContent = `${this.reading.from} · ${minutes(this.reading.at)}`;
      this.$(".message .said").textContent = this.reading.text;
    }
    if (state.prompt) this.$(".view.prompt .said").textContent = state.prompt.text;
    this.paintPaying();
    this.paintSoft(state, unread);
    this.paintMeter(state);
    this.paintChips(state);
  }

  paintUssd(state) {
    const ussd = this.$(".view.ussd");
    ussd.classList.toggle("waiting", state.waiting);
    const box = ussd.querySelector(".said");
    if (box.textContent !== state.screen) { box.textContent = state.screen; box.scrollTop = 0; }
    ussd.querySelector(".why").textContent = state.waiting ? "" : state.failure;
    ussd.querySelector(".typed").hidden = !state.session_open || state.waiting;
  }

  paintPaying() {
    if (this.view !== "pay") return;
    const { step, given } = this.paying;
    const { asks, name, mode } = PAYING[step];
    this.$(".pay label span").textContent = asks;
    this.$(".pay .said").textContent = name === "pin"
      ? `Pay KES ${given.amount} to ${given.paybill} for account ${given.account}`
      : `Pay Bill\n${Object.values(given).join("\n")}`;
    const input = this.input();
    input.inputMode = mode;
    input.maxLength = name === "pin" ? 4 : 20;
    input.classList.toggle("secret", name === "pin");
  }

  paintInbox() {
    if (this.view !== "inbox") return;
    const list = this.$(".inbox ol");
    const lines = [null, ...this.listed()].map((text, place) => {
      const line = document.createElement("li");
      line.dataset.place = place;
      line.classList.toggle("chosen", place === this.chosen);
      line.classList.toggle("unread", text !== null && !text.read);
      const title = document.createElement("b");
      title.textContent = text === null ? `✎ ${wordsOf(this.state.language).write_message}` : `${text.from}  ${minutes(text.at)}`;
      line.append(title);
      if (text !== null) line.append(Object.assign(document.createElement("span"), { textContent: text.text }));
      return line;
    });
    list.replaceChildren(...lines);
  }

  paintSoft(state, unread) {
    const say = wordsOf(state.language);
    const labels = {
      home: [unread ? say.show : say.messages, say.write],
      dialing: [say.call, say.clear],
      ussd: [state.session_open && !state.waiting ? say.send : "", state.session_open ? say.cancel : say.ok],
      inbox: [this.chosen === 0 ? say.write : say.open, say.back],
      message: [this.answerable() ? say.reply : "", say.back],
      compose: [say.send, this.input()?.value && this.view === "compose" ? say.clear : say.back],
      prompt: ["OK", "Cancel"], // the SIM's own menu speaks English
      pay: ["OK", this.input()?.value && this.view === "pay" ? "Clear" : "Back"],
    }[this.view];
    this.$(".soft .left").textContent = labels[0];
    this.$(".soft .right").textContent = labels[1];
  }

  paintMeter(state) {
    const meter = this.$(".meter");
    let size = null;
    if (this.view === "ussd" && state.septets) {
      size = { units: state.septets, room: state.limit, words: `USSD ${state.septets}/${state.limit} septets${state.cut ? ", cut" : ""}${state.replaced ? ", ? for what GSM lacks" : ""}` };
    } else if (this.view === "compose" || (this.view === "message" && this.reading)) {
      const text = measure(this.view === "compose" ? this.input().value : this.reading.text);
      const unit = text.encoding === "GSM-7" ? "septets" : "UCS-2 units";
      size = { ...text, words: `SMS ${text.units}/${text.room} ${unit}, ${text.segments} segment${text.segments > 1 ? "s" : ""}` };
    }
    meter.classList.toggle("over", size !== null && (size.units > size.room || size.segments > 1));
    meter.querySelector("i").style.width = size === null ? "0" : `${Math.min(100, (100 * size.units) / size.room)}%`;
    meter.querySelector("span").textContent = size !== null ? size.words
      : state.mpesa ? `M-PESA KSh ${state.balance.toLocaleString("en")}` : `no M-PESA on ${state.network}`;
  }

  paintChips(state) {
    const code = this.world.service_code ?? "";
    const wanted = `${code}|${state.role}|${state.mpesa}|${state.language}`;
    if (this.chipsFor === wanted) return;
    this.chipsFor = wanted;
    const chip = (words, title, act) => {
      const button = Object.assign(document.createElement("button"), { textContent: words, title });
      button.addEventListener("click", () => {
        act();
        this.$(".glass").scrollIntoView({ block: "nearest" });
      });
      return button;
    };
    this.$(".chips").replaceChildren(
      chip(`Dial ${code}`, "Dials at once", () => this.dial(code)),
      ...(state.mpesa ? [chip("Lipa na M-PESA", "Pays a paybill from the phone's menu", () => this.pay())] : []),
      ...chipsOf(state.role, state.language).map((text) =>
        chip(`Write “${text.trim()}”`, "Writes it into a new message; you send it", () => this.compose(text))),
    );
  }
}
