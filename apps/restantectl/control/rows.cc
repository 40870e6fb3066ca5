#include "restantectl/control/rows.h"

#include <fmt/format.h>

#include "console/harmless.h"
#include "console/meter.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

const json::value* member(const json::object& object, std::string_view key) {
  return object.if_contains(json::string_view(key.data(), key.size()));
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  return fmt::format("{}", fmt::join(texts, between));
}

std::string sandbox_text(const json::object& status) {
  const json::value* const found = member(status, "sandbox");
  if (found == nullptr || !found->is_object()) return "unknown";
  const json::object& sandbox = found->get_object();
  return fmt::format("landlock {}, seccomp {}, no_new_privs {}",
                     count_in(sandbox, "landlock") == 0
                         ? "off"
                         : fmt::format("version {}", count_in(sandbox, "landlock")),
                     flag_in(sandbox, "seccomp") ? "on" : "off",
                     flag_in(sandbox, "no_new_privileges") ? "on" : "off");
}

/// What an operator should look at now, and where to read on.
std::vector<std::string> troubles(const json::object& status) {
  std::vector<std::string> out;
  if (flag_in(status, "data_dir_lost"))
    out.emplace_back("data_dir is gone: logins and mail wait until it is back");
  if (flag_in(status, "clock_doubtful"))
    out.emplace_back("the clock jumped: restantectl upkeep --confirm-clock");
  if (const auto damage = count_in(status, "damage_found"); damage != 0)
    out.push_back(fmt::format("{} damaged records: restantectl maildrop check --all", damage));
  if (const auto lost = count_in(status, "journal_dropped"); lost != 0)
    out.push_back(fmt::format("the journal lost {} acts", lost));
  return out;
}

}  // namespace

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* const found = member(object, key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::uint64_t count_in(const json::object& object, std::string_view key) {
  const json::value* const found = member(object, key);
  if (found == nullptr) return 0;
  if (found->is_uint64()) return found->get_uint64();
  if (found->is_int64() && found->get_int64() > 0)
    return static_cast<std::uint64_t>(found->get_int64());
  return 0;
}

bool flag_in(const json::object& object, std::string_view key) {
  const json::value* const found = member(object, key);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::vector<json::object> objects_in(const json::object& object, std::string_view key) {
  std::vector<json::object> out;
  const json::value* const found = member(object, key);
  if (found == nullptr || !found->is_array()) return out;
  for (const json::value& each : found->get_array())
    if (each.is_object()) out.push_back(each.get_object());
  return out;
}

std::vector<std::string> texts_in(const json::object& object, std::string_view key) {
  std::vector<std::string> out;
  const json::value* const found = member(object, key);
  if (found == nullptr || !found->is_array()) return out;
  for (const json::value& each : found->get_array())
    if (each.is_string()) out.emplace_back(each.get_string());
  return out;
}

std::string span_text(std::uint64_t seconds) {
  constexpr std::uint64_t kMinute = 60;
  constexpr std::uint64_t kHour = 60 * kMinute;
  constexpr std::uint64_t kDay = 24 * kHour;
  if (seconds < kMinute) return fmt::format("{}s", seconds);
  if (seconds < kHour) return fmt::format("{}m", seconds / kMinute);
  if (seconds < kDay) return fmt::format("{}h {}m", seconds / kHour, seconds % kHour / kMinute);
  return fmt::format("{}d {}h", seconds / kDay, seconds % kDay / kHour);
}

std::string short_time(const std::string& rfc3339) {
  return rfc3339.substr(0, std::string_view("2026-11-30T10:28:06").size());
}

console::Table session_table(const std::vector<json::object>& sessions) {
  console::Table table;
  table.header = {"ID", "ACCOUNT", "DEVICE", "FROM", "TLS", "SINCE", "IDLE", "MESSAGES", "BYTES"};
  for (const json::object& each : sessions) {
    const bool is_idle = member(each, "idle_seconds") != nullptr;
    const bool elsewhere = flag_in(each, "elsewhere");
    table.rows.push_back(
        {text_in(each, "id"), text_in(each, "account"),
         text_in(each, "device").empty() ? "-" : text_in(each, "device"), text_in(each, "peer"),
         flag_in(each, "tls") ? "yes" : "no", short_time(text_in(each, "since")),
         elsewhere ? "elsewhere" : (is_idle ? span_text(count_in(each, "idle_seconds")) : "busy"),
         elsewhere ? "-" : std::to_string(count_in(each, "retrieved")),
         console::human_bytes(static_cast<double>(count_in(each, "octets")))});
  }
  return table;
}

std::vector<std::string> to_lines(const Facts& facts) {
  std::size_t width = 0;
  for (const auto& [name, value] : facts) width = std::max(width, name.size());
  std::vector<std::string> out;
  for (const auto& [name, value] : facts)
    out.push_back(fmt::format("{:<{}}  {}", name, width, console::harmless_line(value)));
  return out;
}

Facts status_facts(const json::object& status) {
  Facts facts;
  const auto add = [&facts](std::string_view what, std::string value) {
    facts.emplace_back(what, std::move(value));
  };
  add("restanted", fmt::format("{}, process {}, user {}", text_in(status, "version"),
                               count_in(status, "process"), text_in(status, "user")));
  add("up", fmt::format("{}, since {}", span_text(count_in(status, "uptime_seconds")),
                        short_time(text_in(status, "started"))));
  add("data_dir", text_in(status, "data_dir"));
  add("listens", joined(texts_in(status, "listeners"), ", "));
  add("connections", fmt::format("{} of {}", count_in(status, "connections"),
                                 count_in(status, "connections_max")));
  add("sessions", fmt::format("{} (POP3, logged in)", count_in(status, "sessions")));
  add("log level", text_in(status, "log_level"));
  if (const std::string end = text_in(status, "certificate_expires"); !end.empty())
    add("certificate", "ends " + short_time(end));
  add("sandbox", sandbox_text(status));
  for (const std::string& trouble : troubles(status)) add("trouble", trouble);
  return facts;
}

console::Table worst_table(const json::object& status) {
  console::Table table;
  table.header = {"ADDRESS", "FAILED LOGINS", "REFUSALS"};
  for (const json::object& each : objects_in(status, "worst"))
    table.rows.push_back({text_in(each, "address"), std::to_string(count_in(each, "failed_logins")),
                          std::to_string(count_in(each, "refusals"))});
  return table;
}

}  // namespace restante::ctl
