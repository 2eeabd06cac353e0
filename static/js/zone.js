/* Tells the server on which clock this browser shows times; without script they are those of the organization. */
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const kept = `zone=${zone}`;
if (zone && !document.cookie.split("; ").includes(kept)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${kept}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
