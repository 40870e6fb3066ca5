// One visit to an account with copies: what waits in each copy's view is given to its target, one
// message after the other, and leaves the view when the target has taken it. The order is this:
// the target's 250, then the deletion in the view, durably. So a kill in between sends a message
// twice, and none is lost.
//
// It knows no sockets and no threads. Used by one thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accounts/copy.h"
#include "base/clock.h"
#include "copies/queue.h"
#include "maildrop/store.h"
#include "server/copies/copy_session.h"
#include "server/copies/copy_targets.h"

namespace restante::server {

/// The queue of all threads.
struct SharedQueue {
  explicit SharedQueue(copies::Queue q) : queue(std::move(q)) {}

  std::mutex mutex;  ///< Guards the other.
  copies::Queue queue;
};

/// What visits need. None of it is owned.
struct CopyVisitParts {
  maildrop::Store& store;
  SharedQueue& queue;
  CopyTargets& targets;
  const Clock& clock;
  std::uint32_t rate = 0;  ///< Messages a minute to a server.
  std::chrono::seconds notice_after{0};
  /// For a copy's target. Errors: kSyntax, kState (no such target is configured).
  std::function<Result<std::unique_ptr<CopySession>>(const copies::Target&)> session;
  std::function<bool()> stopped;
  /// What was taken, or not; logged and counted by the receiver.
  std::function<void(const accounts::AccountCopy&, const std::string& uid, std::uint64_t octets,
                     const CopyVerdict&)>
      tell;
};

/// The account whose mail is copied.
struct CopiedAccount {
  std::string name;    ///< Account::name.
  std::string called;  ///< Today.
  std::vector<accounts::Copy> copies;
};

/// How things stand after a visit.
struct CopyState {
  std::string label;
  std::uint64_t waiting = 0;  ///< Messages, without those that are set aside.
  std::uint64_t set_aside = 0;
  std::string trouble;  ///< Why nothing goes; empty: it goes.
};

struct CopyVisitResult {
  std::optional<WallTime> next;  ///< When it is worth another visit; nullopt: when mail comes.
  std::vector<CopyState> states;
};

class CopyVisit {
 public:
  /// Both outlive it.
  CopyVisit(const CopyVisitParts& parts, const CopiedAccount& account)
      : parts_(parts), account_(account) {}

  CopyVisitResult run();

 private:
  struct Waiting {
    const accounts::Copy* copy = nullptr;
    std::unique_ptr<maildrop::Session> session;
    std::vector<std::string> uids;                    ///< By number.
    std::set<std::string_view> left;                  ///< Of `uids`, those that its target has not.
    std::map<std::string, copies::Setback> setbacks;  ///< By unique id; "" is the target's.
    CopyState state;
  };

  Status open(Waiting& waiting);
  void visit(Waiting& waiting);
  /// False: nothing more for this target now.
  bool hand_on(Waiting& waiting, CopySession& session, MessageNumber number);
  CopyVerdict give(Waiting& waiting, CopySession& session, MessageNumber number);
  Status take_out(Waiting& waiting, MessageNumber number);
  bool postpone(Waiting& waiting, MessageNumber number, const CopyVerdict& verdict);
  void target_failed(Waiting& waiting, const CopyVerdict& verdict);
  void count(Waiting& waiting);
  void consider_notice(Waiting& waiting);
  void put(const copies::Setback& setback);
  void forget(Waiting& waiting, const std::string& uid);
  void again_at(WallTime time);
  void note_trouble(Waiting& waiting, const Error& error);

  const CopyVisitParts& parts_;
  const CopiedAccount& account_;
  std::vector<Waiting> copies_;
  CopyVisitResult result_;
};

}  // namespace restante::server
