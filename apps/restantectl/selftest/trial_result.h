// The findings of the self-test, a line each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace restante::ctl {

struct TrialResult {
  enum class Kind : std::uint8_t {
    kOk,
    kSkipped,  ///< Could not be tried from here; the detail says why.
    kWarning,  ///< Users, or other servers, will meet it.
    kFailed,
  };
  TrialResult(Kind k, std::string w, std::string d)
      : kind(k), what(std::move(w)), detail(std::move(d)) {}

  Kind kind;
  std::string what;    ///< "pop3 127.0.0.1:110".
  std::string detail;  ///< The observation, or the remedy.
};

using TrialResults = std::vector<TrialResult>;

/// "ok", "skipped", "warning", "failed".
constexpr const char* word_of(TrialResult::Kind kind) {
  switch (kind) {
    case TrialResult::Kind::kOk: return "ok";
    case TrialResult::Kind::kSkipped: return "skipped";
    case TrialResult::Kind::kWarning: return "warning";
    case TrialResult::Kind::kFailed: return "failed";
  }
  return "";
}

}  // namespace restante::ctl
