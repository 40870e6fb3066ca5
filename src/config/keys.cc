#include "config/keys.h"

#include "config/nearest.h"

namespace restante::config {
namespace {

/// The table that a key of that name belongs to, as in "[pop3]"; empty when there is none.
std::string home_of(std::string_view key, KnownKeys known) {
  for (const std::string& name : known()) {
    if (name == key) return "the top, above all tables";
    const auto dot = name.rfind('.');
    if (dot != std::string::npos && std::string_view(name).substr(dot + 1) == key)
      return fmt::format("[{}]", name.substr(0, dot));
  }
  return {};
}

}  // namespace

void report_unknown(const Item& item, std::span<const std::string> names) {
  const std::string& key = item.value.node.key;
  const std::string home = home_of(key, item.known);
  const std::string meant = nearest(key, names);
  // A key in the wrong table is more likely than a slip that looks like another key.
  if (!home.empty())
    item.wrong(fmt::format("unknown key here; it belongs to {}", home));
  else if (!meant.empty())
    item.wrong(fmt::format("unknown key; did you mean \"{}\"?", meant));
  else
    item.wrong("unknown key");
}

}  // namespace restante::config
