/** The style sheet of the page. Both themes name the same colours; the drawing reads them, too. */
const light = `--surface:#fbfbfa;--panel:#ffffff;--text:#1f2328;--muted:#59626b;--line:#e3e5e8;--lane:#c8ccd1;--accent:#3557c7;
--delivered:#5b7aa8;--lost:#b02a21;--late:#9a5010;--held:#7a6000;--cut:#7547b0;--down:#7b838c;--good:#2f7d4f;--storage:#0f7c86;
--actor:#8257b8;--operation:#3557c7;--log:#59626b;--focus:#3557c7;--button:#f1f2f4;`

const dark = `--surface:#16181c;--panel:#1c1f24;--text:#e6e8eb;--muted:#9aa3ad;--line:#2b2f36;--lane:#454b54;--accent:#8fa8ff;
--delivered:#86a6d6;--lost:#ff7b72;--late:#f0a35e;--held:#d9bb4a;--cut:#c29bf5;--down:#9aa3ad;--good:#6cc68c;--storage:#4ec4cf;
--actor:#c29bf5;--operation:#8fa8ff;--log:#9aa3ad;--focus:#8fa8ff;--button:#262a31;`

export const styleSheet = `
:root{color-scheme:light;${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme]){color-scheme:dark;${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;height:100vh;display:flex;flex-direction:column;background:var(--surface);color:var(--text);
font:14px/1.45 ui-sans-serif,system-ui,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ol{margin:0;padding:0}
header{padding:14px 20px 12px;background:var(--panel);border-bottom:1px solid var(--line)}
h1{font-size:17px;line-height:1.3;font-weight:650;overflow-wrap:anywhere}
.facts{color:var(--muted);margin-top:2px;font-size:13px}
.verdict{margin-top:8px;padding:8px 12px;border-left:3px solid var(--lost);background:color-mix(in srgb,var(--lost) 8%,transparent);
font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:5.8em;overflow:auto}
.verdict.passed{border-color:var(--good);background:color-mix(in srgb,var(--good) 8%,transparent)}
.replay{display:flex;gap:8px;margin-top:8px;align-items:center}
.replay code{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;padding:5px 10px;border-radius:6px;
background:var(--button);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.bar{display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center;padding:8px 20px;background:var(--panel);border-bottom:1px solid var(--line)}
.group{display:flex;gap:4px;align-items:center}
button,select,input[type=search],input[type=text]{font:inherit;font-size:13px;color:inherit;height:30px;padding:0 10px;border:1px solid var(--line);
border-radius:6px;background:var(--button)}
input[type=search]{width:190px;background:var(--surface)}
input[type=text]{width:84px;background:var(--surface)}
select{max-width:126px;padding:0 6px}
button{cursor:pointer}
button:hover:not(:disabled){border-color:var(--muted)}
button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--panel)}
button:disabled,select:disabled{opacity:.45;cursor:default}
:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
label.check{display:flex;gap:5px;align-items:center;font-size:13px;color:var(--muted)}
main{flex:1;min-height:0;display:grid;grid-template-columns:minmax(0,1fr) 348px}
#charts{display:flex;flex-direction:column;min-height:0;min-width:0}
.run{flex:1;display:flex;flex-direction:column;min-height:0;border-bottom:1px solid var(--line)}
.run h2{font-size:12px;font-weight:600;color:var(--muted);padding:7px 20px 5px}
.run.current h2{color:var(--text)}
canvas.chart{flex:1;min-height:0;width:100%;display:block;touch-action:none}
canvas.overview{height:36px;width:100%;display:block;cursor:pointer;border-top:1px solid var(--line);touch-action:none}
canvas:focus-visible{outline-offset:-2px}
aside{display:flex;flex-direction:column;min-height:0;border-left:1px solid var(--line);background:var(--panel)}
#details{padding:14px 16px;overflow:auto;flex:0 1 52%;min-height:120px}
#details h2{font-size:14px;font-weight:600;overflow-wrap:anywhere;white-space:pre-wrap;max-height:11em;overflow:auto}
#details h2.type-failure,.row.type-failure .what,.row.type-drop .what{color:var(--lost)}
.row.type-fault .what,.row.type-node .what{color:var(--cut)}
.row.type-late .what,.row.type-timeout .what{color:var(--late)}
#details h3{font-size:12px;color:var(--muted);font-weight:600;margin-top:14px}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:2px 12px;margin-top:10px;font-size:13px}
dt{color:var(--muted)}
dd{overflow-wrap:anywhere;white-space:pre-wrap}
#details ol{list-style:none;margin-top:4px}
#details li button{display:block;width:100%;height:auto;text-align:left;padding:4px 8px;border-color:transparent;background:none;
overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:12.5px}
#details li button:hover{background:var(--button)}
.hint{color:var(--muted);font-size:13px}
#count{font-size:12px;font-weight:600;color:var(--muted);padding:8px 16px;border-top:1px solid var(--line)}
#list{flex:1 1 48%;min-height:0;overflow:auto;position:relative;border-top:1px solid var(--line)}
#list:focus-visible{outline-offset:-2px}
.rows{position:relative}
.row{position:absolute;left:0;right:0;height:26px;display:grid;grid-template-columns:84px 64px minmax(0,1fr);gap:8px;align-items:center;padding:0 12px;
font-size:12px;cursor:pointer;white-space:nowrap}
.row span{overflow:hidden;text-overflow:ellipsis}
.row .time{text-align:right;color:var(--muted);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:11px}
.row .node{font-weight:600}
.row[aria-selected=true]{background:color-mix(in srgb,var(--accent) 11%,transparent)}
.row:hover{background:var(--button)}
#tip{position:fixed;left:0;top:0;z-index:2;max-width:420px;padding:7px 10px;border-radius:6px;background:var(--text);color:var(--surface);
font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere;pointer-events:none;max-height:40vh;overflow:hidden}
#live{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;padding:6px 20px;font-size:12px;color:var(--muted);border-top:1px solid var(--line);background:var(--panel)}
.legend i{display:inline-block;width:18px;height:0;border-top:2px solid;margin-right:5px;vertical-align:middle}
.legend kbd{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;padding:0 4px;border:1px solid var(--line);border-radius:4px;background:var(--button)}
@media (max-width:1100px){main{grid-template-columns:minmax(0,1fr) 292px}input[type=search]{width:150px}select{max-width:104px}.row{grid-template-columns:70px 52px minmax(0,1fr)}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`
