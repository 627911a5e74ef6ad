// Checks a receipt or an offline pass with published keys, in the browser alone: nothing of it is sent anywhere.
// The same rules as entitlements/receipts.py; a test asks both about the same texts.

const KINDS = ["abonement-receipt", "abonement-pass"];
const LONGEST = 1000000;

/** What a text is worth: `outcome`, and for a genuine one its `kind`, `kid` and `claims`. */
export async function verify(text, keySet, now) {
  const parts = text.trim().split(".");
  const header = parts.length === 3 && text.length <= LONGEST ? json(bytes(parts[0])) : null;
  if (!header || header.alg !== "Ed25519" || !KINDS.includes(header.typ) || "crit" in header || !bytes(parts[1])) {
    return { outcome: "unreadable" };
  }
  const key = keySet.keys.find((one) => one.kid === header.kid && one.crv === "Ed25519");
  if (!key) return { outcome: "unknown-key", kid: header.kid };
  const signature = bytes(parts[2]);
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  const publicKey = await crypto.subtle.importKey(
    "jwk", { kty: "OKP", crv: "Ed25519", x: key.x }, { name: "Ed25519" }, false, ["verify"],
  );
  if (!signature || !(await crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, signed))) {
    return { outcome: "altered", kid: header.kid };
  }
  const claims = json(bytes(parts[1]));
  return { outcome: worth(header.typ, key, claims, now), kind: header.typ, kid: header.kid, claims };
}

function worth(kind, key, claims, now) {
  if (key.withdrawn_from && new Date(claims.issued_at) >= new Date(key.withdrawn_from)) return "withdrawn";
  return kind === "abonement-pass" && now >= new Date(claims.valid_until) ? "expired" : "genuine";
}

/** The bytes of base64url; none unless it is their only writing: `atob` lets the spare bits of the last letter be. */
function bytes(part) {
  try {
    const decoded = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const written = btoa(decoded).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return part && written === part ? Uint8Array.from(decoded, (letter) => letter.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

function json(read) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(read));
    return value && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
