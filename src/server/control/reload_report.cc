#include "server/control/reload_report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

namespace restante::control {
namespace {

namespace json = boost::json;

json::array to_array(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

std::string keys_or_none(const std::vector<std::string>& keys) {
  return keys.empty() ? "none" : fmt::format("{}", fmt::join(keys, ","));
}

}  // namespace

json::object to_object(const ReloadReport& report) {
  json::object out;
  out["reloaded"] = report.kept.empty();
  if (!report.kept.empty()) out["kept"] = report.kept;
  if (!report.mistakes.empty()) out["mistakes"] = to_array(report.mistakes);
  if (!report.accounts_kept.empty()) out["accounts_kept"] = report.accounts_kept;
  out["changed"] = to_array(report.changed);
  out["needs_restart"] = to_array(report.needs_restart);
  out["certificates_changed"] = report.certificates_changed;
  return out;
}

std::string to_log(const ReloadReport& report) {
  return fmt::format(" changed={} certificates={} needs_restart={}", keys_or_none(report.changed),
                     report.certificates_changed ? "changed" : "same",
                     keys_or_none(report.needs_restart));
}

}  // namespace restante::control
