/** The style sheet of the page. Both themes name the same colours; the drawing reads them, too. */
const light = `--surface:#fcfcfb;--panel:#ffffff;--text:#1d2229;--muted:#5a636e;--line:#e7e9ec;--lane:#cdd2d8;--accent:#3355c4;
--delivered:#6384b4;--lost:#bd2f26;--duplicated:#a83f86;--late:#a35a12;--held:#7d6400;--cut:#7a4db8;--down:#69727d;--good:#2f8253;--storage:#12808a;
--actor:#8a5cc0;--operation:#4a66c8;--log:#5f6873;--focus:#3355c4;--button:#f3f4f6;--raised:0 6px 24px rgb(20 25 35/.14)`

const dark = `--surface:#15171b;--panel:#1a1d22;--text:#e4e7eb;--muted:#9aa4af;--line:#282c33;--lane:#414751;--accent:#8da6ff;
--delivered:#7d9dcd;--lost:#ff7a70;--duplicated:#e88cc4;--late:#eda25c;--held:#d6b84a;--cut:#bd97f0;--down:#98a2ad;--good:#68c48a;--storage:#4fc3cd;
--actor:#bd97f0;--operation:#8da6ff;--log:#9aa4af;--focus:#8da6ff;--button:#23272e;--raised:0 6px 24px rgb(0 0 0/.5)`

const monospace = 'ui-monospace,SFMono-Regular,Menlo,Consolas,monospace'

const frame = `
:root{color-scheme:light;${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme]){color-scheme:dark;${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;height:100vh;display:flex;flex-direction:column;background:var(--surface);color:var(--text);
font:13px/1.45 ui-sans-serif,system-ui,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ol{margin:0;padding:0}
kbd{display:inline-block;min-width:18px;padding:0 4px;border:1px solid var(--line);border-radius:4px;background:var(--button);font:11px/16px ${monospace};text-align:center}
:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
main{flex:1;min-height:0;display:grid;grid-template-columns:minmax(0,1fr) 352px}
#live{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`

const head = `
header{display:grid;grid-template-columns:minmax(0,1fr) minmax(300px,38%) 30px;gap:10px 16px;align-items:center;padding:12px 20px;background:var(--panel)}
h1{font-size:15px;line-height:1.35;font-weight:650;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.facts{color:var(--muted);font-size:12px;margin-top:1px;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.facts span+span::before{content:" · "}
.verdict{grid-column:1/-1;padding:7px 12px;border-left:3px solid var(--lost);border-radius:2px 6px 6px 2px;
background:color-mix(in srgb,var(--lost) 7%,transparent);font:12px/1.5 ${monospace};white-space:pre-wrap;overflow-wrap:anywhere;max-height:74px;overflow:auto}
.verdict strong{color:var(--lost);margin-right:6px}
.verdict.passed{border-color:var(--good);background:color-mix(in srgb,var(--good) 7%,transparent)}
.replay{display:flex;min-width:0;height:30px;border:1px solid var(--line);border-radius:6px;background:var(--button);overflow:hidden}
.replay code{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;padding:0 10px;font:11.5px/28px ${monospace}}
.replay button{border-width:0 0 0 1px;border-radius:0;height:28px;min-width:64px}
.replay :focus-visible{outline-offset:-2px}
#theme{width:30px;padding:0;display:grid;place-items:center;background:none}
#theme svg{display:block}
`

const tools = `
.bar{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;padding:8px 20px;background:var(--panel);border-block:1px solid var(--line)}
.group{display:flex;gap:6px;align-items:center}
.group.grows{flex:1 1 180px}
.group.grows input{flex:1}
.joined{display:flex}
.joined button{border-radius:0;margin-left:-1px}
.joined button:first-child{border-radius:6px 0 0 6px;margin-left:0}
.joined button:last-child{border-radius:0 6px 6px 0}
.joined :is(:hover,:focus-visible,[aria-pressed=true]){position:relative}
button,select,input[type=search],input[type=text]{font:inherit;font-size:12.5px;color:inherit;height:30px;padding:0 10px;border:1px solid var(--line);
border-radius:6px;background:var(--button);white-space:nowrap}
input[type=search],input[type=text]{background:var(--surface);min-width:0}
input::placeholder{color:var(--muted);opacity:1}
input[type=text]{width:86px}
input[type=checkbox]{accent-color:var(--accent);margin:0}
select{width:118px;padding:0 6px}
button{cursor:pointer}
button:hover:not(:disabled),select:hover:not(:disabled){border-color:var(--muted)}
button[aria-pressed=true]:not(#theme){background:var(--accent);border-color:var(--accent);color:var(--panel)}
button:disabled,select:disabled{opacity:.45;cursor:default}
.spot{display:inline-block;width:8px;height:8px;border-radius:50%;background:var(--lost);margin-right:7px}
#filters{display:none}
#filtered:not(:empty){display:inline-block;min-width:17px;margin-left:6px;border-radius:9px;background:var(--accent);color:var(--panel);font-size:11px;line-height:17px;text-align:center}
label.check{display:flex;gap:6px;align-items:center;padding:0 4px;color:var(--muted);height:30px}
`

const picture = `
#charts{display:flex;flex-direction:column;min-height:0;min-width:0}
.run{flex:1;display:flex;flex-direction:column;min-height:0}
.run+.run{border-top:1px solid var(--line)}
.run h2{font-size:12px;line-height:18px;font-weight:400;color:var(--muted);padding:6px 20px 0}
.run h2 .name{font-weight:600;margin-right:10px}
.run.current h2 .name{color:var(--text)}
canvas.chart{flex:1;min-height:0;width:100%;display:block;touch-action:none}
canvas.overview{height:48px;flex:none;width:100%;display:block;cursor:pointer;border-top:1px solid var(--line);touch-action:none}
canvas:focus-visible{outline-offset:-2px}
#tip{position:fixed;left:0;top:0;z-index:2;max-width:440px;padding:8px 12px;border-radius:8px;border:1px solid var(--line);background:var(--panel);color:var(--text);
box-shadow:var(--raised);font-size:12px;overflow-wrap:anywhere;pointer-events:none;max-height:40vh;overflow:hidden}
#tip div{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;color:var(--muted);margin-top:2px}
#tip .what{font-weight:600;color:var(--text);white-space:pre-wrap;-webkit-line-clamp:6;margin:0}
`

const side = `
aside{display:flex;flex-direction:column;min-height:0;border-left:1px solid var(--line);background:var(--panel)}
#details{padding:12px 16px;overflow:auto;flex:1 1 50%;min-height:0}
#details:focus-visible,#list:focus-visible{outline-offset:-2px}
#details h2{font-size:13.5px;line-height:1.4;font-weight:600;overflow-wrap:anywhere;white-space:pre-wrap;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:6;overflow:hidden}
#details h2.type-failure,.row.type-failure .what,.row.type-drop .what,.row.fails .what{color:var(--lost)}
#details h3{font-size:12px;color:var(--muted);font-weight:600;margin-top:12px}
#details dl{display:grid;grid-template-columns:76px minmax(0,1fr);gap:3px 12px;margin-top:8px;font-size:12.5px}
dt{color:var(--muted)}
dd{overflow-wrap:anywhere;white-space:pre-wrap}
#details ol{list-style:none;margin:2px -8px 0}
#details li button{display:block;width:100%;height:26px;text-align:left;padding:0 8px;border-color:transparent;background:none;overflow:hidden;text-overflow:ellipsis;font-size:12px}
#details li button:hover{background:var(--button);border-color:transparent}
.hint{color:var(--muted)}
#count{font-size:12px;line-height:18px;font-weight:600;color:var(--muted);padding:6px 16px;border-block:1px solid var(--line)}
#list{flex:1 1 50%;min-height:0;overflow:auto;position:relative}
.rows{position:relative}
.row{position:absolute;left:0;right:0;height:26px;display:grid;grid-template-columns:64px 8px 62px minmax(0,1fr);gap:8px;align-items:center;padding:0 12px 0 8px;font-size:12px;cursor:pointer;white-space:nowrap}
.row span{overflow:hidden;text-overflow:ellipsis}
.row .time{text-align:right;color:var(--muted);font:11px ${monospace}}
.row .node{color:var(--muted)}
.row[aria-selected=true]{background:color-mix(in srgb,var(--accent) 12%,transparent)}
.row:hover:not([aria-selected=true]){background:var(--button)}
mark{background:color-mix(in srgb,var(--held) 30%,transparent);color:inherit;border-radius:2px}
`

const signs = `
.sign{width:8px;height:8px;border-radius:50%;background:var(--lane)}
.type-send .sign,.type-deliver .sign{background:var(--delivered)}
.type-drop .sign,.type-failure .sign,.fails .sign{background:var(--lost)}
.type-duplicate .sign{background:var(--duplicated)}
.type-hold .sign{background:var(--held)}
.type-late .sign,.type-timeout .sign{background:var(--late)}
.type-storage:not(.fails) .sign,.sign.storage{background:var(--storage);border-radius:1px}
.type-actor .sign,.sign.actor{background:var(--actor);border-radius:1px;transform:rotate(45deg) scale(.85)}
.type-operation .sign{background:var(--operation);border-radius:1px;height:6px}
.type-fault .sign{background:var(--cut)}
.type-node .sign{background:var(--down)}
.type-check:not(.fails) .sign,.sign.good{background:var(--good)}
.type-log .sign,.sign.log{background:var(--log);width:3px;height:10px;border-radius:1px;justify-self:center}
.sign.cut{background:color-mix(in srgb,var(--cut) 22%,transparent);border:solid var(--cut);border-width:0 1px;border-radius:0;width:14px;height:11px}
.sign.down{background:repeating-linear-gradient(135deg,var(--down) 0 1px,transparent 1px 4px);border-radius:0;width:14px;height:11px}
`

const foot = `
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:center;padding:5px 20px;font-size:12px;color:var(--muted);border-top:1px solid var(--line);background:var(--panel)}
.legend>span{display:inline-flex;align-items:center;gap:6px}
.legend i{display:inline-block;flex:none}
.legend .line{width:16px;border-top:2px solid}
.legend .delivered{border-color:var(--delivered)}
.legend .lost{border-color:var(--lost)}
.legend .duplicated{border-color:var(--duplicated);border-top-style:dashed}
.legend .late{border-color:var(--late)}
.legend .held{border-color:var(--held)}
.legend .under{border-color:var(--muted);border-top-style:dashed}
.keys{position:relative;margin-left:auto}
.keys summary{cursor:pointer;padding:2px 8px;border-radius:6px;list-style:none}
.keys summary:hover{background:var(--button)}
.keys dl{position:absolute;right:0;bottom:30px;z-index:2;width:236px;padding:12px 16px;display:grid;grid-template-columns:auto 1fr;gap:6px 14px;
border:1px solid var(--line);border-radius:8px;background:var(--panel);box-shadow:var(--raised);color:var(--text)}
`

const narrow = `
@media (max-width:1559px){
#filters{display:inline-block}
#filters[aria-expanded=true]{border-color:var(--accent)}
#filter-group{display:none;flex-basis:100%}
.bar:has(#filters[aria-expanded=true]) #filter-group{display:flex}
}
@media (max-width:1199px){main{grid-template-columns:minmax(0,1fr) 300px}.row{grid-template-columns:58px 8px 56px minmax(0,1fr);gap:6px}.legend{column-gap:11px}.bar{column-gap:10px}}
@media (max-width:760px){main{grid-template-columns:minmax(0,1fr);grid-template-rows:minmax(0,3fr) minmax(0,2fr)}header{grid-template-columns:minmax(0,1fr) 30px}.replay{grid-column:1/-1;grid-row:2}aside{border-left:0;border-top:1px solid var(--line)}#filter-group{flex-wrap:wrap}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`

export const styleSheet = [frame, head, tools, picture, side, signs, foot, narrow].join('').trim()
