import { verify } from "./verify.js";

const TEXTS = {
  ru: {
    title: "Проверка квитанции", ask: "Вставьте квитанцию или пропуск:", check: "Проверить",
    private: "Проверка идёт в вашем браузере: квитанция никуда не отправляется.",
    genuine: "Подлинная. Ответ был таким:", expired: "Подлинный пропуск, но его срок истёк. В нём было:",
    withdrawn: "Ключ отозван раньше этой даты: квитанция ничего не доказывает. В ней написано:",
    altered: "Текст изменён или подпись чужая: верить ему нельзя.",
    "unknown-key": "Такого ключа нет среди опубликованных здесь.",
    unreadable: "Это не квитанция и не пропуск. Вставьте текст целиком.",
    issued: "Такой отчёт здесь выпущен. Сравните его с бумагой:",
    "not-issued": "Отчёта с таким отпечатком здесь не выпускали: бумаге верить нельзя.",
    failed: "Не удалось проверить: нужен современный браузер, адрес https и связь с этим сервером.", key: "Ключ",
  },
  en: {
    title: "Check a receipt", ask: "Paste a receipt or a pass:", check: "Check",
    private: "It is checked in your browser: the receipt is sent nowhere.",
    genuine: "Genuine. The answer was:", expired: "A genuine pass, but it has expired. It said:",
    withdrawn: "The key was withdrawn before this date: the receipt proves nothing. It says:",
    altered: "The text was altered, or the signature is somebody else's: do not trust it.",
    "unknown-key": "No such key is published here.",
    unreadable: "This is neither a receipt nor a pass. Paste the whole text.",
    issued: "This statement was issued here. Compare it with the paper:",
    "not-issued": "No statement with this fingerprint was issued here: do not trust the paper.",
    failed: "It could not be checked: that needs a recent browser, an https address and this server.", key: "Key",
  },
};
const texts = TEXTS[navigator.language.startsWith("ru") ? "ru" : "en"];
const place = (id) => document.getElementById(id);

document.documentElement.lang = navigator.language.startsWith("ru") ? "ru" : "en";
document.title = texts.title;
for (const id of ["title", "ask", "check", "private"]) place(id).textContent = texts[id];
place("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = await read(place("receipt").value);
  const { claims } = found;
  place("outcome").textContent = texts[found.outcome] + (found.kid ? ` (${texts.key} ${found.kid})` : "");
  place("outcome").className = found.outcome === "genuine" ? "good" : "bad";
  place("text").textContent = claims?.answer?.text ?? "";
  place("claims").textContent = claims ? JSON.stringify(claims, null, 2) : "";
});

// The code on a statement leads here with its fingerprint behind "#".
const fingerprint = /^#statement=([0-9a-f]{64})$/.exec(location.hash)?.[1];
if (fingerprint) {
  const { outcome, statement } = await issued(fingerprint);
  place("outcome").textContent = texts[outcome];
  place("outcome").className = outcome === "issued" ? "good" : "bad";
  place("claims").textContent = statement ? JSON.stringify(statement, null, 2) : "";
}

async function issued(sha256) {
  try {
    const answer = await fetch(`verify/statements/${sha256}`, { cache: "no-cache" });
    if (answer.ok) return { outcome: "issued", statement: await answer.json() };
    return { outcome: answer.status === 404 ? "not-issued" : "failed" };
  } catch {
    return { outcome: "failed" };
  }
}

async function read(text) {
  try {
    const answer = await fetch(".well-known/jwks.json", { cache: "no-cache" });
    return await verify(text, await answer.json(), new Date());
  } catch {
    return { outcome: "failed" };
  }
}
