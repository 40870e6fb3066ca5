#include "restantectl/accounts/allowance_words.h"

#include "base/numbers.h"
#include "config/size.h"

namespace restante::ctl {
namespace {

using accounts::RetentionFrom;
using accounts::SeveralAddresses;

constexpr std::string_view kDefault = "default";

Error wrong(std::string_view option, std::string_view what) {
  return Error(Errc::kSyntax, std::string(option) + " " + std::string(what));
}

/// A number from 1 to `max`; `nothing` stands for 0.
Result<std::optional<std::uint64_t>> count_of(std::string_view option, const std::string& word,
                                              std::string_view nothing, std::uint64_t max) {
  if (word == kDefault) return std::optional<std::uint64_t>();
  if (word == nothing) return std::optional<std::uint64_t>(0);
  const auto number = parse_decimal<std::uint64_t>(word);
  if (number && *number > 0 && *number <= max) return std::optional<std::uint64_t>(*number);
  return wrong(option, "must be a number from 1 to " + std::to_string(max) + ", " +
                           std::string(nothing) + " or default");
}

}  // namespace

Result<std::optional<std::uint64_t>> octets_of(std::string_view option, const std::string& word) {
  if (word == kDefault) return std::optional<std::uint64_t>();
  if (word == "none") return std::optional<std::uint64_t>(0);
  auto size = config::parse_size(word);
  if (!size) return wrong(option, size.error().detail + "; or none, or default");
  if (*size == 0 || *size > accounts::kQuotaMax)
    return wrong(option, "must be from 1 to 2^62; or none, or default");
  return std::optional<std::uint64_t>(*size);
}

Result<std::optional<std::uint64_t>> messages_of(std::string_view option, const std::string& word) {
  return count_of(option, word, "none", accounts::kQuotaMax);
}

Result<std::optional<std::uint32_t>> days_of(std::string_view option, const std::string& word) {
  RESTANTE_TRY(const auto days, count_of(option, word, "never", accounts::kRetentionDaysMax));
  if (!days) return std::optional<std::uint32_t>();
  return std::optional(static_cast<std::uint32_t>(*days));
}

Result<std::optional<RetentionFrom>> from_of(std::string_view option, const std::string& word) {
  if (word == kDefault) return std::optional<RetentionFrom>();
  if (word == "arrival") return std::optional(RetentionFrom::kArrival);
  if (word == "retrieval") return std::optional(RetentionFrom::kRetrieval);
  return wrong(option, "must be arrival, retrieval or default");
}

Result<std::optional<SeveralAddresses>> several_of(std::string_view option,
                                                   const std::string& word) {
  if (word == kDefault) return std::optional<SeveralAddresses>();
  if (word == "one") return std::optional(SeveralAddresses::kOne);
  if (word == "each") return std::optional(SeveralAddresses::kEach);
  return wrong(option, "is one, each or default");
}

}  // namespace restante::ctl
