// What stands in the way of messages on their way to a copy's target, in one small SQLite file:
// copies.db. Which messages wait is the business of the copy's view in the maildrop; a message
// without a row here is simply next. So the file may be lost: then everything is tried again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/commit_watch.h"
#include "sql/connection.h"

namespace restante::copies {

inline constexpr std::string_view kFileName = "copies.db";

/// A message that its target has not taken.
struct Setback {
  std::string account;  ///< Account::name.
  std::string label;    ///< Of the copy.
  std::string uid;      ///< Of the message.
  std::uint64_t tries = 0;
  WallTime first{};           ///< When it failed first.
  WallTime next{};            ///< The next try; of no meaning for one that is set aside.
  bool is_set_aside = false;  ///< Refused for ever: it waits for the operator.
  bool is_told = false;       ///< Its owner was told.
  std::string reason;         ///< In the target's words.
};

/// Used by one thread at a time; other processes may use the file, too.
class Queue {
 public:
  /// Makes the file when it is missing. Errors: kIo, kFull, kBusy, kCorrupt, kState (a newer
  /// version wrote it).
  static Result<Queue> open(const std::filesystem::path& file);
  /// Errors: the same; kNotFound.
  static Result<Queue> open_to_read(const std::filesystem::path& file);

  /// All of it, by account, label and the first failure. Errors of all: kIo, kFull, kBusy,
  /// kCorrupt.
  Result<std::vector<Setback>> all();
  /// Of one copy.
  Result<std::vector<Setback>> of(std::string_view account, std::string_view label);
  /// Whether another program has changed it since the last call; also yes at the first.
  Result<bool> is_changed();
  /// Makes it, or replaces the one of this message.
  Status put(const Setback& setback);
  /// There was none: ok().
  Status remove(std::string_view account, std::string_view label, std::string_view uid);
  /// All of a copy.
  Status forget(std::string_view account, std::string_view label);
  /// Everything of an account, or of one copy or one message of it, is next again, set aside or
  /// not. Empty: all. How many.
  Result<std::uint64_t> retry(std::string_view account, std::string_view label,
                              std::string_view uid, WallTime now);

 private:
  explicit Queue(sql::Connection connection) : connection_(std::move(connection)) {}
  static Result<Queue> prepared(sql::Connection connection, bool writes);

  sql::Connection connection_;
  sql::CommitWatch watch_;
  sql::Statement data_version_;
  sql::Statement all_, of_, put_, remove_, forget_, retry_;
};

}  // namespace restante::copies
