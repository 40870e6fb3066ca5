// How far the scrub has come, kept in a small file, so that a restart does not begin it anew. The
// file may be thrown away: then it does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace restante::server {

struct ScrubProgress {
  WallTime began{};           ///< The pass that is under way, or the last one.
  bool done = false;          ///< It came to its end.
  std::string last_maildrop;  ///< All up to this one, in the order of their names, are done.
};

/// "began=… done=…" and the account in a line of its own.
std::string to_text(const ScrubProgress& progress);
/// std::nullopt: another text than to_text() makes.
std::optional<ScrubProgress> parse_scrub_progress(std::string_view text);

/// std::nullopt: there is none that can be read.
std::optional<ScrubProgress> load_progress(const std::filesystem::path& path);
/// Replaces the file as a whole; not durable, since nothing depends on it. Errors: kIo.
Status save_progress(const std::filesystem::path& path, const ScrubProgress& progress);

}  // namespace restante::server
