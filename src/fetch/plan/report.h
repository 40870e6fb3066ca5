// What a run over one account came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "fetch/plan/deletions.h"
#include "fetch/plan/plan.h"

namespace restante::fetch {

/// A message that could not be fetched, or was left out.
struct Failure {
  std::uint32_t number = 0;
  std::string uid;     ///< Empty: it has none.
  std::string reason;  ///< For the user.
  bool again = true;   ///< It is tried again in a later run.
};

/// A message that this run brought.
struct NewMessage {
  std::string sha256;
  std::uint64_t octets = 0;
  std::string uid;  ///< Empty: it has none, or came by way of the quarantine.
};

inline constexpr std::size_t kNewMessagesMax = 100'000;  ///< Each costs some 100 octets.

/// How one target of hand-on did.
struct TargetReport {
  std::string name;
  std::uint64_t handed_on = 0;  ///< In this run.
  std::uint64_t waiting = 0;
  std::uint64_t given_up = 0;  ///< In this run or before it; only its owner offers it again.
  std::string reason;          ///< Why something waits, in the target's words; empty: not known.
};

struct Report {
  std::string account;
  std::string login_method;       ///< Of the last session; empty: there was none.
  std::uint64_t listed = 0;       ///< On the server, at the first listing.
  std::uint64_t fetched = 0;      ///< New in the archive, be it in quarantine.
  std::uint64_t octets = 0;       ///< Received, of all messages.
  std::uint64_t known = 0;        ///< Fetched, or looked at, and here already.
  std::uint64_t skipped = 0;      ///< Left out for the first time.
  std::uint64_t waiting = 0;      ///< Failed in earlier runs, and not tried in this one.
  std::uint64_t elsewhere = 0;    ///< On the server, and another program's; left alone.
  std::uint64_t deleted = 0;      ///< On the server: QUIT was answered by +OK.
  std::uint64_t unconfirmed = 0;  ///< DELE was sent, QUIT was not answered; done again next time.
  std::uint64_t quarantined = 0;  ///< Found infected in this run.
  std::uint64_t unscanned = 0;    ///< Here, and not shown until clamd has looked at it.
  std::uint64_t handed_on = 0;
  std::uint64_t to_hand_on = 0;  ///< Still in the queue.
  std::uint64_t given_up = 0;    ///< By this run: tried for days, and not handed on.
  std::vector<TargetReport> targets;
  std::vector<Failure> failures;
  std::vector<std::string> notes;
  /// Only where each of them is asked for (CollectOptions::lists_messages(), a hook), and
  /// kNewMessagesMax at most; no held ones.
  std::vector<NewMessage> messages;
  /// What a dry run would have done.
  std::vector<Fetch> would_fetch;
  std::vector<Deletion> would_delete;
  /// Why the run ended early; what is said above is done nevertheless.
  std::optional<Error> error;
  bool is_local = false;  ///< `error` is of this machine: no server was asked.

  /// A message fails once, however often it is tried.
  void add_failure(Failure failure) {
    forget_failure(failure.number, failure.uid);
    failures.push_back(std::move(failure));
  }
  /// It came after all.
  void forget_failure(std::uint32_t number, const std::string& uid) {
    std::erase_if(failures, [&](const Failure& each) {
      return each.uid == uid && (!uid.empty() || each.number == number);
    });
  }
  /// All that was to be done is done.
  [[nodiscard]] bool complete() const {
    return !error && failures.empty() && unconfirmed == 0 && unscanned == 0 && to_hand_on == 0 &&
           given_up == 0;
  }
};

}  // namespace restante::fetch
