// The findings of the self-test, a line each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace restante::ctl {

struct Finding {
  enum class Kind : std::uint8_t {
    kOk,
    kSkipped,  ///< Could not be tried from here; the detail says why.
    kWarning,  ///< Users, or other servers, will meet it.
    kFailed,
  };
  Finding(Kind k, std::string w, std::string d)
      : kind(k), what(std::move(w)), detail(std::move(d)) {}

  Kind kind;
  std::string what;    ///< "pop3 127.0.0.1:110".
  std::string detail;  ///< The observation, or the remedy.
};

using Findings = std::vector<Finding>;

/// "ok", "skipped", "warning", "failed".
constexpr const char* word_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kOk: return "ok";
    case Finding::Kind::kSkipped: return "skipped";
    case Finding::Kind::kWarning: return "warning";
    case Finding::Kind::kFailed: return "failed";
  }
  return "";
}

}  // namespace restante::ctl
