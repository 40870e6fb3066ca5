// Whether a maildrop has the mail of the old mailbox: each message under its unique id, with the
// time of its arrival, octet by octet. Reads all of both.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "maildrop/store.h"
#include "migrate/moving/plan.h"
#include "migrate/sources/source.h"

namespace restante::migrate {

struct CompareOptions {
  std::string account;
  Unnumbered unnumbered = Unnumbered::kLeft;
  std::function<bool(std::uint64_t octets)> progress{};  ///< As MoveOptions.
};

struct Compared {
  std::uint64_t same = 0;
  std::uint64_t deleted = 0;     ///< Were here, and were deleted here.
  std::uint64_t unnumbered = 0;  ///< As Plan.
  std::vector<Skipped> differences;
  std::optional<Error> failure;  ///< It ended early. kBusy: another process reads that maildrop.
};

/// Holds the maildrop's session while it lasts, as a reading owner does.
Compared compare_mail(Source& source, maildrop::Store& store, const CompareOptions& options);

}  // namespace restante::migrate
