// The look of the pages, dark and light, with nothing fetched from elsewhere.
export const style = `
:root { color-scheme: light dark; --bg:#fff; --soft:#f6f8fa; --line:#d1d9e0; --text:#1f2328; --dim:#59636e; --link:#0969da;
  --green:#1a7f37; --green-soft:#dafbe1; --green-line:#aceebb; --red:#d1242f; --red-soft:#ffebe9; --red-line:#ffcecb;
  --purple:#8250df; --grey:#818b98; --amber:#9a6700; --amber-soft:#fff8c5; --hunk:#ddf4ff; --shade:#8c959f33;
  --kw:#cf222e; --str:#0a3069; --com:#59636e; --num:#0550ae; --fn:#6639ba; --type:#953800; }
@media (prefers-color-scheme: dark) { :root { --bg:#0d1117; --soft:#151b23; --line:#3d444d; --text:#f0f6fc; --dim:#9198a1;
  --link:#4493f8; --green:#3fb950; --green-soft:#12261e; --green-line:#1b4721; --red:#f85149; --red-soft:#25171c;
  --red-line:#542426; --purple:#ab7df8; --grey:#656c76; --amber:#d29922; --amber-soft:#272115; --hunk:#121d2f; --shade:#656c7633;
  --kw:#ff7b72; --str:#a5d6ff; --com:#9198a1; --num:#79c0ff; --fn:#d2a8ff; --type:#ffa657; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica,
  Arial, sans-serif; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre, .mono { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
.top { background: var(--soft); border-bottom: 1px solid var(--line); padding: 14px 32px; display: flex; gap: 8px;
  align-items: center; } .top b a { color: var(--text); }
.note { margin-left: auto; color: var(--dim); font-size: 12px; }
.pill { border: 1px solid var(--line); border-radius: 2em; padding: 0 7px; font-size: 12px; color: var(--dim); font-weight: 500; }
main { max-width: 1100px; margin: 0 auto; padding: 24px 32px 96px; }
h1 { font-size: 28px; font-weight: 500; line-height: 1.25; margin: 0 0 8px; } h1 span { color: var(--dim); font-weight: 300; }
.meta { display: flex; gap: 8px; align-items: center; color: var(--dim); flex-wrap: wrap; } .meta b { color: var(--text); }
.state { color: #fff; border-radius: 2em; padding: 5px 12px; font-weight: 500; background: #1f883d; display: inline-flex; gap: 5px; }
.state.closed { background: #cf222e; } .state.merged { background: #8250df; } .state.draft { background: #59636e; }
.branch { background: var(--hunk); color: var(--link); padding: 2px 6px; border-radius: 6px; }
.tabs { display: flex; gap: 4px; border-bottom: 1px solid var(--line); margin: 20px 0; }
.tabs a { color: var(--text); padding: 9px 16px; border: 1px solid transparent; border-bottom: 0; border-radius: 6px 6px 0 0;
  margin-bottom: -1px; } .tabs a.on { border-color: var(--line); background: var(--bg); font-weight: 600; }
.tabs a:hover { text-decoration: none; } .tabs .diffstat { margin-left: auto; align-self: center; font-size: 12px; font-weight: 600; }
.count { background: var(--shade); border-radius: 2em; padding: 1px 7px; font-size: 12px; font-weight: 500; margin-left: 4px; }
.plus { color: var(--green); } .minus { color: var(--red); }
.item { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 16px; margin-bottom: 20px; }
.avatar { width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; color: #fff; font-weight: 600;
  font-size: 17px; flex: none; } .avatar.small { width: 22px; height: 22px; font-size: 11px; }
.avatar.bot { border-radius: 8px; } .avatar.small.bot { border-radius: 5px; }
.box { border: 1px solid var(--line); border-radius: 6px; background: var(--bg); overflow: hidden; }
.box > header, .file > header { background: var(--soft); border-bottom: 1px solid var(--line); padding: 8px 16px; color: var(--dim);
  display: flex; gap: 8px; align-items: center; } .box > header b { color: var(--text); }
.said { display: flex; gap: 8px; align-items: center; color: var(--dim); padding: 9px 0 12px; } .said b { color: var(--text); }
.md { padding: 14px 16px; overflow-wrap: anywhere; } .md > :first-child { margin-top: 0; } .md > :last-child { margin-bottom: 0; }
.md p, .md ul, .md ol, .md pre, .md table, .md details { margin: 0 0 12px; } .md ul, .md ol { padding-left: 24px; }
.md code { background: var(--shade); padding: 2px 5px; border-radius: 6px; } .md pre { background: var(--soft); padding: 12px;
  border-radius: 6px; overflow: auto; line-height: 1.45; } .md pre code { background: none; padding: 0; }
.md table { border-collapse: collapse; display: block; overflow: auto; } .md td, .md th { border: 1px solid var(--line); padding: 5px 12px; }
.md h1, .md h2, .md h3 { font-size: 17px; line-height: 1.3; margin: 18px 0 10px; font-weight: 600; } .md h3 { font-size: 15px; }
.md blockquote { margin: 0 0 12px; padding: 0 14px; border-left: 4px solid var(--line); color: var(--dim); }
.md sub { color: var(--dim); font-size: 12px; vertical-align: baseline; } .md hr { border: 0; border-top: 1px solid var(--line); }
.md .suggestion { border: 1px solid var(--line); border-radius: 6px; padding: 0; } .md .suggestion::before { content: "Suggested change";
  display: block; padding: 6px 12px; color: var(--dim); border-bottom: 1px solid var(--line); font: 12px sans-serif; }
.md .suggestion code { display: block; padding: 8px 12px; background: var(--green-soft); border-radius: 0; }
.file { border: 1px solid var(--line); border-radius: 6px; margin-bottom: 16px; overflow: hidden; }
.file > header .mono { color: var(--text); font-weight: 600; } .file > header .right { margin-left: auto; font-size: 12px; }
table.diff { width: 100%; border-collapse: collapse; table-layout: fixed; } .diff td { padding: 0 10px; vertical-align: top; line-height: 20px; }
.diff .n { width: 50px; text-align: right; color: var(--dim); user-select: none; font-size: 12px; font-family: ui-monospace, monospace; }
.diff .code { white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas,
  "DejaVu Sans Mono", monospace; font-size: 12px; padding-left: 22px; position: relative; }
.diff .code::before { content: attr(data-mark); position: absolute; left: 8px; color: var(--dim); }
.diff .add td { background: var(--green-soft); } .diff .add .n { background: var(--green-line); color: var(--text); }
.diff .del td { background: var(--red-soft); } .diff .del .n { background: var(--red-line); color: var(--text); }
.diff .hunk td { background: var(--hunk); color: var(--dim); } .diff .at .n + .n { box-shadow: inset 3px 0 var(--amber); }
.diff tr.talk:last-child > td { border-bottom: 0; } .diff .talk > td { padding: 12px 16px; background: var(--bg); border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.thread { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; max-width: 820px; }
.thread > .who { display: flex; gap: 8px; align-items: center; padding: 12px 16px 0; color: var(--dim); } .thread > .who b { color: var(--text); }
.thread + .thread { margin-top: 12px; } .outdated { color: var(--amber); border-color: var(--amber); }
.checks { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; } .checks > div { padding: 12px 16px; display: flex; gap: 10px;
  align-items: center; border-top: 1px solid var(--line); } .checks > div:first-child { border: 0; background: var(--soft); }
.checks .dim { color: var(--dim); } .checks a.right { margin-left: auto; }
.ok { color: var(--green); } .bad { color: var(--red); } .meh { color: var(--grey); } .busy { color: var(--amber); } .sign { font-weight: 700; }
.columns { display: grid; grid-template-columns: 240px minmax(0, 1fr); gap: 24px; } .columns nav a { display: flex; gap: 8px; padding: 8px 12px;
  color: var(--text); border-radius: 6px; } .columns nav a.on { background: var(--soft); font-weight: 600; }
.annotation { border: 1px solid var(--line); border-left: 4px solid var(--amber); border-radius: 6px; padding: 10px 16px; margin-bottom: 12px;
  overflow-wrap: anywhere; } .annotation.failure { border-left-color: var(--red); } .annotation.notice { border-left-color: var(--link); }
.annotation pre { white-space: pre-wrap; margin: 6px 0 0; font: inherit; } .annotation .mono { color: var(--dim); }
.list a { display: block; padding: 12px 16px; border-top: 1px solid var(--line); color: var(--text); } .list a:first-child { border: 0; }
.hljs-keyword, .hljs-literal, .hljs-operator { color: var(--kw); } .hljs-string, .hljs-regexp { color: var(--str); }
.hljs-comment, .hljs-meta { color: var(--com); } .hljs-number, .hljs-attr, .hljs-built_in { color: var(--num); }
.hljs-title { color: var(--fn); } .hljs-type, .hljs-class .hljs-title, .hljs-params .hljs-type { color: var(--type); }
@media (max-width: 760px) { main, .top { padding-left: 12px; padding-right: 12px; } .columns { grid-template-columns: 1fr; }
  .item { grid-template-columns: minmax(0, 1fr); } .item > .avatar { display: none; } .diff .n { width: 36px; padding: 0 4px; } }
`;
