// The words for quotas and retentions, in the command line and in files: sizes and numbers, "none",
// "never" and "default".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/allowance.h"
#include "base/result.h"

namespace restante::ctl {

/// std::nullopt: the default holds; 0: no limit. Errors of all: kSyntax, naming `option`.
Result<std::optional<std::uint64_t>> octets_of(std::string_view option, const std::string& word);
Result<std::optional<std::uint64_t>> messages_of(std::string_view option, const std::string& word);
/// "never": 0.
Result<std::optional<std::uint32_t>> days_of(std::string_view option, const std::string& word);
Result<std::optional<accounts::RetentionFrom>> from_of(std::string_view option,
                                                       const std::string& word);
Result<std::optional<accounts::SeveralAddresses>> several_of(std::string_view option,
                                                             const std::string& word);

}  // namespace restante::ctl
