/** The inspector's style sheet. Its colours are light or dark, as the page's are. */

export const STYLE = `
:host {
  --ink: light-dark(#1d2327, #e6e8ea);
  --faint: light-dark(#5c6670, #9aa4ad);
  --line: light-dark(#d9dee2, #333b42);
  --ground: light-dark(#ffffff, #15191d);
  --raised: light-dark(#f4f6f7, #1d2328);
  --good: light-dark(#1a7f4b, #56c98d);
  --bad: light-dark(#b3261e, #ff8a80);
  --busy: light-dark(#8a5a00, #f0b95a);
  display: block;
  padding: 14px 16px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--ground);
  color: var(--ink);
  font: 13px/1.45 system-ui, sans-serif;
  color-scheme: light dark;
}
:host([hidden]) { display: none; }
section + section { margin-top: 18px; padding-top: 14px; border-top: 1px solid var(--line); }
header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
h2 { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
header span { color: var(--faint); overflow-wrap: anywhere; }
.actions { margin-inline-start: auto; display: flex; gap: 6px; }
button { padding: 3px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); color: inherit; font: inherit; cursor: pointer; }
button:hover:enabled { border-color: currentColor; }
button:disabled { opacity: 0.5; cursor: default; }
button.danger { color: var(--bad); }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(88px, 1fr)); gap: 8px; margin: 12px 0; }
dl div { padding: 6px 10px; border-radius: 8px; background: var(--raised); }
dt { color: var(--faint); font-size: 12px; }
dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; }
.good dd { color: var(--good); } .bad dd { color: var(--bad); } .busy dd { color: var(--busy); }
@media (max-width: 600px), (pointer: coarse) { button { min-height: 40px; } }
.scroll { overflow: auto; max-height: 260px; margin-top: 10px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: 4px 0; text-align: start; font-weight: 600; }
th, td { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th { position: sticky; top: 0; background: var(--ground); color: var(--faint); font-weight: 500; }
td { overflow-wrap: anywhere; }
code { font: 12px ui-monospace, monospace; }
p { margin: 8px 0 0; color: var(--faint); }
p[role='alert'] { color: var(--bad); }
`
