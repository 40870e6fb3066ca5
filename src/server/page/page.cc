#include <fmt/format.h>

#include <algorithm>

#include "server/page/facts.h"
#include "server/page/html.h"

namespace restante::server::page {
namespace {

std::string more(const std::string& command) {
  if (command.empty()) return {};
  return fmt::format("<p class=\"more\">More: <code>{}</code></p>\n", escaped(command));
}

std::string troubles(const PageFacts& facts) {
  if (facts.troubles.empty())
    return "<section class=\"well\" aria-label=\"State\"><h2>All is well</h2></section>\n";
  std::string out = "<section class=\"wrong\" aria-label=\"State\">\n";
  for (const Trouble& trouble : facts.troubles)
    out += fmt::format("<h2>{}</h2>\n<p>{}.</p>\n<p>What to do: {}</p>\n",
                       escaped(title_of(trouble.kind)), escaped(trouble.what),
                       escaped(advice_for(trouble.kind)));
  return out + "</section>\n";
}

std::string tiles(const std::vector<Tile>& all) {
  std::string out = "<dl class=\"tiles\">\n";
  for (const Tile& tile : all) {
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd>", escaped(tile.name), escaped(tile.value));
    if (!tile.command.empty())
      out += fmt::format("<dd class=\"more\"><code>{}</code></dd>", escaped(tile.command));
    out += "</div>\n";
  }
  return out + "</dl>\n";
}

/// The range that is shown is no link.
std::string ranges(Range shown) {
  std::string out = "<nav aria-label=\"Span of time\">";
  for (const RangeInfo& info : kRanges) {
    const bool is_shown = info.range == shown;
    out += fmt::format("<a href=\"/?range={}\"{}>{}</a>", info.name,
                       is_shown ? " aria-current=\"page\"" : "", info.name);
  }
  return out + "</nav>\n";
}

std::string legend(const Plot& plot) {
  std::string out = "<p class=\"legend\">";
  for (const Series& series : plot.series)
    out += fmt::format("<span><i class=\"{}\"></i>{}</span>", series.colour, escaped(series.name));
  return out + "</p>\n";
}

std::string figures(const PageFacts& facts) {
  std::string out = fmt::format("<section class=\"figures\"><h2 id=\"time\">{}</h2>\n{}",
                                info_of(facts.range).title, ranges(facts.range));
  if (!facts.figures_missing.empty())
    return out + fmt::format("<p>{}.</p></section>\n", escaped(facts.figures_missing));
  out += "<div class=\"grid\">\n";
  for (const Figure& figure : facts.figures)
    out += fmt::format("<article><h3>{}</h3>\n<p class=\"sum\">{}</p>\n{}{}{}</article>\n",
                       escaped(figure.heading), escaped(figure.summary), svg(figure.plot),
                       legend(figure.plot), more(figure.command));
  return out + "</div></section>\n";
}

std::string quota_text(const maildrop::Quota& quota) {
  std::string out = quota.octets == 0 ? "" : human_bytes(static_cast<double>(quota.octets));
  if (quota.messages != 0) out += (out.empty() ? "" : ", ") + grouped(quota.messages) + " messages";
  return out.empty() ? "none" : out;
}

std::string maildrops(std::string_view heading, const std::vector<HeldMaildrop>& rows,
                      std::string_view none) {
  std::string out = fmt::format("<article><h3>{}</h3>\n", heading);
  if (rows.empty()) return out + fmt::format("<p>{}.</p></article>\n", none);
  out +=
      "<div class=\"wide\"><table><thead><tr><th scope=\"col\">account</th><th scope=\"col\" "
      "class=\"n\">messages</th><th scope=\"col\" class=\"n\">mail</th><th scope=\"col\" "
      "class=\"n\">on disk</th><th scope=\"col\" class=\"n\">quota</th></tr></thead><tbody>\n";
  for (const HeldMaildrop& row : rows)
    out += fmt::format(
        "<tr><th scope=\"row\"><bdi>{}</bdi></th><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        escaped(row.account), grouped(row.usage.messages),
        human_bytes(static_cast<double>(row.usage.octets)),
        human_bytes(static_cast<double>(row.bytes)), quota_text(row.quota));
  return out + "</tbody></table></div>" + more("restantectl maildrop stats --all") + "</article>\n";
}

std::string refused(const std::vector<RefusedRow>& rows) {
  std::string out = "<article><h3>Refused addresses</h3>\n";
  if (rows.empty()) return out + "<p>None at the moment.</p></article>\n";
  out +=
      "<div class=\"wide\"><table><thead><tr><th scope=\"col\">address</th><th scope=\"col\" "
      "class=\"n\">failed logins</th><th scope=\"col\" "
      "class=\"n\">refusals</th></tr></thead><tbody>\n";
  for (const RefusedRow& row : rows)
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        escaped(row.address), grouped(row.failed_logins), grouped(row.refusals));
  return out + "</tbody></table></div>" +
         more("restantectl journal --act login-failed --since 1h") + "</article>\n";
}

}  // namespace

std::string html(const PageFacts& facts) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">"
      "<title>{0}{1}</title><link rel=\"stylesheet\" href=\"/style.css\"></head>\n<body>\n"
      "<header><h1>{1}</h1><p>Restante {2}, up {3}. All times are UTC; it is {4}.</p></header>\n"
      "<main>\n",
      facts.troubles.empty() ? "" : fmt::format("({}) ", facts.troubles.size()),
      escaped(facts.hostname), escaped(facts.version), span(facts.uptime), moment(facts.now));
  out += troubles(facts);
  out += "<section><h2>Now</h2>\n" + tiles(facts.tiles) + "</section>\n";
  out += figures(facts);
  out += "<section><h2>Maildrops and clients</h2>\n<div class=\"grid\">\n";
  out += maildrops("The largest maildrops", facts.largest, "Not known before the first upkeep");
  out += maildrops("Nearest to their quota", facts.fullest, "None has used half of its quota");
  out += refused(facts.refused);
  out += "<article><h3>Upkeep</h3>\n" + tiles(facts.upkeep) + "</article>\n";
  return out + "</div></section>\n</main>\n</body></html>\n";
}

}  // namespace restante::server::page
