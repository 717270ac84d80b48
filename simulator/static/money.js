// The books: what is in each account, and the last movements.
import { control } from "./control.js";
import { national } from "./handset.js";

const $ = (id) => document.getElementById(id);
const SHOWN = 60;

/** An account as a person reads it. */
function party(account) {
  const [kind, ...rest] = account.split(":");
  if (kind === "phone") return national(rest[0]);
  if (kind === "till") return `${rest[0]} ${rest[1]}`;
  return kind;
}

function shillings(amount) {
  return Number(amount).toLocaleString("en", { minimumFractionDigits: 2 });
}

function row(cells, numbers) {
  const line = document.createElement("tr");
  cells.forEach((text, place) => {
    const cell = Object.assign(document.createElement("td"), { textContent: text });
    if (numbers.includes(place)) cell.className = "number";
    line.append(cell);
  });
  return line;
}

/** Fill the panel, if it is open. */
export async function watchMoney() {
  if (!$("money").open) return;
  const { accounts, sum, movements } = await control("GET", "/books");
  const order = (name) => (name.startsWith("till") ? 0 : name.startsWith("phone") ? 1 : 2);
  const names = Object.keys(accounts).sort((one, other) => order(one) - order(other) || one.localeCompare(other));
  $("accounts").replaceChildren(...names.map((name) => row([party(name), shillings(accounts[name])], [1])));
  $("movements").replaceChildren(...movements.slice(-SHOWN).reverse().map((one) => row(
    [one.at.slice(11, 19), one.kind, one.receipt, shillings(one.amount), `${party(one.from)} → ${party(one.to)}`, one.reference],
    [3],
  )));
  $("money-sum").textContent = Number(sum) === 0 ? "" : `the books do not balance: ${sum}`;
}
