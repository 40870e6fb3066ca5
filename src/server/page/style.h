// The page's style sheet.
#pragma once

#include <string_view>

namespace restante::server::page {

inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --back: #fbfbfa; --card: #fff; --text: #1d1f23; --soft: #5b616b;
  --line: #dfe1e5; --good: #2b6cb0; --bad: #c0392b; --third: #b7791f; --quiet: #8a939f;
  --well: #22734a; --wrong-back: #fdecea; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15171a; --card: #1d2024; --text: #e8eaed; --soft: #a2a9b4; --line: #343a42;
    --good: #6cb0f5; --bad: #ff8a7a; --third: #e2b252; --quiet: #7f8894; --well: #6fcf97;
    --wrong-back: #3a2220; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header p, .more, .sum, .legend { color: var(--soft); }
h1 { margin: 1.25rem 0 0; font-size: 1.5rem; overflow-wrap: anywhere; }
header p { margin: 0 0 1rem; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.125rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.well, .wrong { border-radius: .5rem; padding: .5rem 1rem; border: 1px solid var(--line); }
.well h2, .wrong h2 { margin: 0; }
.well { border-left: .375rem solid var(--well); background: var(--card); }
.wrong { border-left: .375rem solid var(--bad); background: var(--wrong-back); }
.wrong h2:not(:first-child) { margin-top: 1rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem;
  margin: 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .5rem .75rem; }
.tiles dt { color: var(--soft); font-size: .875rem; }
.tiles dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.tiles .more { font-size: .75rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr));
  gap: .75rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem; min-width: 0; }
article .tiles div { border: 0; padding: .25rem 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem; margin-bottom: .75rem; }
nav a { padding: .375rem .75rem; border: 1px solid var(--line); border-radius: .375rem;
  color: inherit; text-decoration: none; background: var(--card); }
nav a[aria-current] { background: var(--good); border-color: var(--good); color: var(--card); }
a:focus-visible { outline: 3px solid var(--third); outline-offset: 2px; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.more { font-size: .8125rem; margin-bottom: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 1rem; font-size: .875rem; }
.legend i { display: inline-block; width: .75rem; height: .75rem; margin-right: .375rem;
  border-radius: .125rem; }
svg { display: block; width: 100%; height: auto; margin: .5rem 0 .25rem; }
svg text { fill: var(--soft); font-size: 12px; }
line.grid { stroke: var(--line); }
.all { fill: transparent; }
.period:hover .all { fill: var(--line); }
.good { fill: var(--good); background: var(--good); }
.bad { fill: var(--bad); background: var(--bad); }
.third { fill: var(--third); background: var(--third); }
.quiet { fill: var(--quiet); background: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 400; white-space: nowrap; }
@media (max-width: 40rem) { svg text { font-size: 20px; } }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
)css";

}  // namespace restante::server::page
