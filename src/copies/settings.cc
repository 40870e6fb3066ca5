#include "copies/settings.h"

#include "config/keys.h"

namespace restante::copies {
namespace {

using config::Count;
using config::Duration;
using config::key;
using config::key_by;
using config::kPath;
using config::Plain;
using config::Value;

constexpr std::uint64_t kRateMax = 1'000'000;
constexpr auto kMinute = std::chrono::minutes(1);
constexpr auto kYear = std::chrono::days(365);

Result<std::vector<Target>> targets(const Value& value) {
  if (value.node.kind != config::Kind::kArray)
    return config::wrong_type("an array of targets", value.node);
  std::vector<Target> out;
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(const std::string text, config::text(Value{item, value.base}));
    RESTANTE_TRY(Target target, parse_target(text));
    if (target.kind == Target::Kind::kAccount)
      return config::wrong_value("names servers alone: a copy for an account needs no entry");
    out.push_back(std::move(target));
  }
  return out;
}

void set_targets(Settings& settings, std::vector<Target> all) { settings.targets = std::move(all); }

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key_by<Settings>(
          "targets", set_targets, std::nullopt,
          Plain(targets, "list of `\"lmtp:host:port\"`, `\"smtp:host:port\"`"),
          "The servers that copies of accounts' mail may go to ([copies.md](copies.md)): the "
          "server connects to no others. By STARTTLS; in the clear to this machine, unless "
          "`copies.ca_file` is set."),
      key("ca_file", &Settings::ca_file, kPath,
          "PEM: who may have signed their certificates. Read at the start.",
          "the system's authorities"),
      key("rate", &Settings::rate, Count(0, kRateMax),
          "The most messages a minute to one of them. 0: no limit."),
      key("notice_after", &Settings::notice_after, Duration(kMinute, kYear),
          "When a message has waited so long for its target, the account's owner is told."),
  };
  return keys;
}

}  // namespace restante::copies
