#include "restantectl/control/top_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "console/harmless.h"
#include "console/meter.h"
#include "text/cells.h"

namespace restante::ctl {
namespace {

constexpr std::array<std::size_t, 6> kWidths = {34, 8, 12, 10, 8, 0};  // The last has the rest.

std::string row_text(const std::array<std::string, kWidths.size()>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::string cell = console::harmless_line(cells[i]);
    if (kWidths[i] != 0) {
      cell = text::cut_to_cells(cell, kWidths[i]);
      cell.append(kWidths[i] - text::cells(cell) + 1, ' ');
    }
    out += cell;
  }
  return out;
}

std::string rates_text(const TopFrame& frame) {
  if (frame.rates.empty()) return "rates: in a second";
  return fmt::format(
      "a second: {:.1f} connections, {:.1f} logins ({:.1f} failed), {:.1f} retrieved ({}), "
      "{:.1f} deleted, {:.1f} received",
      frame.rate("connections"), frame.rate("logins"), frame.rate("logins_failed"),
      frame.rate("messages_retrieved"), console::human_bytes(frame.rate("octets_retrieved")),
      frame.rate("messages_deleted"), frame.rate("mails_received"));
}

}  // namespace

std::vector<std::string> top_lines(const TopFrame& frame, const ScreenSize& size) {
  std::vector<std::string> out;
  out.push_back(fmt::format("{} sessions, {} connections", frame.sessions, frame.connections));
  out.push_back(rates_text(frame));
  out.emplace_back();
  out.push_back(row_text({"ACCOUNT", "SESSIONS", "A SECOND", "BYTES", "MESSAGES", "FROM"}));
  for (const BusyAccount& each : frame.accounts)
    out.push_back(row_text({each.account, std::to_string(each.sessions),
                            console::human_bytes(each.octets_a_second),
                            console::human_bytes(static_cast<double>(each.octets)),
                            std::to_string(each.messages), each.from}));
  if (out.size() > size.rows) out.resize(size.rows);
  for (std::string& line : out) line = text::cut_to_cells(line, size.columns);
  return out;
}

std::string repaint(const std::vector<std::string>& lines) {
  std::string out = "\x1b[H";  // From the top; each line up to its end, and all that is below.
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += lines[i] + "\x1b[K" + (i + 1 == lines.size() ? "" : "\r\n");
  return out + "\x1b[J";
}

}  // namespace restante::ctl
