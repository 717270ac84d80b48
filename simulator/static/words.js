// What a handset's own menus say, in the three languages; what the gateway says is its own business.
const ENGLISH = {
  messages: "Messages", write: "Write", show: "Show", call: "Call", clear: "Clear", send: "Send", cancel: "Cancel",
  ok: "OK", open: "Open", back: "Back", reply: "Reply", write_message: "Write message", to: "To", number: "Number",
  running: "USSD code running…", no_signal: "No signal", new_messages: (count) => `${count} new message${count > 1 ? "s" : ""}`,
};
const KISWAHILI = {
  messages: "Ujumbe", write: "Andika", show: "Soma", call: "Piga", clear: "Futa", send: "Tuma", cancel: "Acha",
  ok: "Sawa", open: "Fungua", back: "Rudi", reply: "Jibu", write_message: "Andika ujumbe", to: "Kwa", number: "Namba",
  running: "Inapiga USSD…", no_signal: "Hakuna mtandao", new_messages: (count) => `Ujumbe mpya ${count}`,
};
const GIKUYU = {
  messages: "Ndũmĩrĩri", write: "Andĩka", show: "Thoma", call: "Hũũra", clear: "Tharia", send: "Tũma", cancel: "Tiga",
  ok: "Ĩĩ", open: "Hingũra", back: "Coka", reply: "Cokia", write_message: "Andĩka ndũmĩrĩri", to: "Kũrĩ", number: "Namba",
  running: "USSD nĩĩrahũũra…", no_signal: "Gũtirĩ mũtambo", new_messages: (count) => `Ndũmĩrĩri njerũ ${count}`,
};

export const LANGUAGES = { English: ENGLISH, Kiswahili: KISWAHILI, "Gĩkũyũ": GIKUYU };

// What each is likely to text, by role and by the language of the phone.
const CHIPS = {
  farmer: { English: ["ORDERS"], Kiswahili: ["ODA"], "Gĩkũyũ": ["ODA"] },
  customer: { English: ["5kg tomatoes", "YES"], Kiswahili: ["Nyanya 5kg", "NDIO"], "Gĩkũyũ": ["Nyanya kilo 5", "II"] },
  neighbour: { English: ["TODAY", "YES"], Kiswahili: ["LEO", "NDIO"], "Gĩkũyũ": ["UMUTHI", "II"] },
  rider: {
    English: ["YES", "PICKED ", "DONE "],
    Kiswahili: ["NDIO", "NIMECHUKUA ", "NIMEFIKISHA "],
    "Gĩkũyũ": ["II", "NDAKUUA ", "NDANEANA "],
  },
};

/** The handset's words in its owner's language. */
export function wordsOf(language) {
  return LANGUAGES[language] ?? ENGLISH;
}

/** Texts that are at hand below the phone. */
export function chipsOf(role, language) {
  return CHIPS[role]?.[language] ?? CHIPS[role]?.English ?? [];
}
