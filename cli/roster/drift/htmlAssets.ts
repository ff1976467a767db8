export const style = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1a1f2b;--soft:#5d6779;--line:#e1e5ec;
--same:#23704a;--drifted:#8a5200;--missing:#b3261e;--unmanaged:#1f5a99;--ignored:#556072}
@media (prefers-color-scheme:dark){:root{--bg:#12151c;--card:#1b202a;--ink:#e8ebf1;--soft:#98a3b5;--line:#2b3240;
--same:#68d391;--drifted:#f6c05c;--missing:#fc8181;--unmanaged:#63b3ed;--ignored:#a0aec0}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:66rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
.kicker{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.06em;text-transform:uppercase}
h1{margin:.1rem 0 .2rem;font-size:2.2rem;line-height:1.2}h1.drift{color:var(--drifted)}h1.clean{color:var(--same)}
h2{margin:2rem 0 .5rem;font-size:1.05rem}
.lead{margin:0 0 1.5rem;font-size:1.05rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:0}
.tile{padding:.8rem 1rem;background:var(--card);border:1px solid var(--line);border-top:3px solid var(--c);border-radius:.5rem}
.tile dt{color:var(--soft);font-size:.82rem}.tile dd{margin:0;font-size:1.7rem;font-weight:650;font-variant-numeric:tabular-nums;color:var(--c)}
.tile.none{border-top-color:var(--line)}.tile.none dd{color:var(--soft);font-weight:400}
.same{--c:var(--same)}.drifted{--c:var(--drifted)}.missing{--c:var(--missing)}.unmanaged{--c:var(--unmanaged)}.ignored{--c:var(--ignored)}
.bar{display:flex;gap:2px;height:.5rem;margin:.9rem 0 2rem;border-radius:.25rem;overflow:hidden}.bar span{min-width:4px;background:var(--c)}
.filter{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-bottom:.75rem}
.filter input[type=search]{flex:1 1 14rem;padding:.45rem .7rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.4rem}
.filter input::placeholder{color:var(--soft);opacity:1}
.filter output{color:var(--soft);font-size:.85rem}
.chip{display:inline-flex;gap:.35rem;align-items:center;padding:.1rem .6rem;border:1px solid color-mix(in srgb,var(--c) 45%,transparent);border-radius:1rem;
background:color-mix(in srgb,var(--c) 12%,transparent);color:var(--c);font-size:.8rem;font-weight:600;white-space:nowrap}
label.chip{padding:.3rem .7rem;cursor:pointer}label.chip input{margin:0;accent-color:var(--c)}
table{width:100%;border-collapse:separate;border-spacing:0;background:var(--card);border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
th{padding:.5rem .9rem;text-align:left;color:var(--soft);font-size:.8rem;font-weight:600}
td{padding:.7rem .9rem;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:anywhere}
td:first-child{width:1%}td:nth-child(2){width:31%}
.part{white-space:nowrap}
small{display:block;color:var(--soft);font-size:.8rem}
.field{margin:0 0 .5rem}.field:last-child,.held{margin:0}.field b{font-weight:600}
.field del,.field ins{display:flex;gap:.4rem;padding:.05rem .5rem;text-decoration:none;font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;border-left:3px solid var(--c)}
.field del{--c:var(--missing);background:color-mix(in srgb,var(--missing) 9%,transparent)}.field ins{--c:var(--same);background:color-mix(in srgb,var(--same) 9%,transparent)}
.field del span,.field ins span{flex:0 0 4.4rem;color:var(--soft);font:12px system-ui,sans-serif}
q{quotes:none;white-space:pre-wrap;min-width:0}
.held{color:var(--soft);font-size:.85rem}
ul{margin:0;padding:0;list-style:none;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
li{padding:.6rem .9rem;overflow-wrap:anywhere}li+li{border-top:1px solid var(--line)}
tr[hidden]{display:none!important}
footer{margin-top:2rem;color:var(--soft);font-size:.82rem}
@media (max-width:40rem){thead{display:none}tr,td{display:block;width:auto!important}td{border:0;padding:.25rem .9rem}tr{border-top:1px solid var(--line);padding:.5rem 0}}
@media print{.filter{display:none}body{background:none}main{padding:0}}
`;

export const script = `
const form = document.querySelector(".filter");
const rows = [...document.querySelectorAll("tbody tr")];
const texts = rows.map((row) => row.textContent.toLowerCase());
function show() {
  const wanted = form.querySelector("[type=search]").value.trim().toLowerCase();
  const kinds = new Set([...form.querySelectorAll(":checked")].map((box) => box.value));
  let shown = 0;
  rows.forEach((row, index) => {
    row.hidden = !kinds.has(row.className) || !texts[index].includes(wanted);
    if (!row.hidden) shown++;
  });
  form.querySelector("output").textContent = shown === rows.length ? "" : shown + " of " + rows.length;
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
`;
