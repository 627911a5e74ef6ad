const TEXTS = {
  ru: {
    title: "Документ", about: "Документ из письма. Он скачается на это устройство.", get: "Скачать PDF",
    done: "Документ скачан.", cut: "Ссылка неполная: откройте её из письма целиком.",
    failed: "Сервер не ответил. Попробуйте ещё раз.", ended: "Ссылка действовала до", revoked: "Ссылка отозвана",
  },
  en: {
    title: "Paper", about: "The paper from the letter. It is downloaded to this device.", get: "Download PDF",
    done: "The paper is downloaded.", cut: "The link is cut off: open it from the letter, in full.",
    failed: "The server did not answer. Try again.", ended: "The link was good until", revoked: "The link was revoked on",
  },
};
const language = navigator.language.startsWith("ru") ? "ru" : "en";
const texts = TEXTS[language];
const place = (id) => document.getElementById(id);

document.documentElement.lang = language;
document.title = texts.title;
for (const id of ["title", "about", "get"]) place(id).textContent = texts[id];

// The token stands behind "#": browsers send it nowhere by themselves, so it is in no log.
const token = /^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1];
if (token) place("get").addEventListener("click", () => download());
else say(texts.cut, "bad");

function say(text, kind) {
  place("outcome").textContent = text;
  place("outcome").className = kind;
}

async function download() {
  try {
    const answer = await fetch("paper/file", {
      method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify({ token }), cache: "no-store",
    });
    if (!answer.ok) return say(why(await answer.json()), "bad");
    const named = /filename\*=UTF-8''(\S+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = decodeURIComponent(named ?? "paper.pdf");
    link.click();
    say(texts.done, "good");
  } catch {
    say(texts.failed, "bad");
  }
}

function why(refusal) {
  const day = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(language);
  if (refusal.last_day) return `${refusal.title} ${texts.ended} ${day(refusal.last_day)}.`;
  if (refusal.revoked_on) return `${refusal.title} ${texts.revoked} ${day(refusal.revoked_on)}.`;
  return refusal.title ?? texts.failed;
}
