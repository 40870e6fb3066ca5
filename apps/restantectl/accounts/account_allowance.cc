#include "restantectl/accounts/account_allowance.h"

#include "base/numbers.h"
#include "config/size.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using accounts::Allowance;
using accounts::RetentionFrom;
using accounts::SeveralAddresses;

std::string_view to_word(RetentionFrom from) {
  return from == RetentionFrom::kRetrieval ? "retrieval" : "arrival";
}

template <typename Number>
json::value or_null(const std::optional<Number>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

}  // namespace

std::string quota_text(const Allowance& allowance) {
  const auto& [octets, messages] = std::pair(allowance.quota_octets, allowance.quota_messages);
  if (!octets && !messages) return "-";
  std::string text;
  if (octets) text = *octets == 0 ? "any size" : config::format_size(*octets);
  if (octets && messages) text += ", ";
  if (messages) text += *messages == 0 ? "any number" : counted(*messages, "message");
  return text;
}

std::string retention_text(const Allowance& allowance) {
  if (!allowance.retention_days && !allowance.retention_from) return "-";
  std::string text = "default days";
  if (allowance.retention_days)
    text = *allowance.retention_days == 0 ? "never" : counted(*allowance.retention_days, "day");
  const bool counts = allowance.retention_days != 0U;
  if (allowance.retention_from && counts)
    text += " from " + std::string(to_word(*allowance.retention_from));
  return text;
}

std::string addresses_text(const Allowance& allowance) {
  if (!allowance.several_addresses) return "-";
  return *allowance.several_addresses == SeveralAddresses::kEach ? "each" : "one";
}

void add_allowance(const Allowance& allowance, json::object& object) {
  object["quota"] = json::object{{"octets", or_null(allowance.quota_octets)},
                                 {"messages", or_null(allowance.quota_messages)}};
  json::value from(nullptr);
  if (allowance.retention_from) from = json::string(to_word(*allowance.retention_from));
  object["retention"] =
      json::object{{"days", or_null(allowance.retention_days)}, {"from", std::move(from)}};
  object["several_addresses"] = nullptr;
  if (allowance.several_addresses) object["several_addresses"] = addresses_text(allowance);
}

}  // namespace restante::ctl
