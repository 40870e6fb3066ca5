#include "fetch/round.h"

#include <fmt/format.h>

#include "fetch/inspector.h"
#include "fetch/receiver.h"
#include "fetch/remover.h"

namespace restante::fetch {
namespace {

// Where the server's copies are deleted, a session ends after so many messages: what it deletes is
// in force only after QUIT.
constexpr std::size_t kSessionMessages = 1000;
constexpr std::size_t kNoLimit = SIZE_MAX;

class Round {
 public:
  Round(Run& run, RoundEnd& end) : run_(run), end_(end) {}

  Status perform(bool retry) {
    RESTANTE_CHECKED(log_in());
    RESTANTE_CHECKED(list());
    RESTANTE_TRY(const bool from_now_on, run_.local.from_now_on());
    if (from_now_on) RESTANTE_CHECKED(leave_what_is_there());
    RESTANTE_CHECKED(plan());
    if (retry) add_retries();
    if (run_.options.dry_run) return show();
    RESTANTE_CHECKED(fetch());
    return remove();
  }

 private:
  Status log_in() {
    run_.observer.entered(Phase::kConnecting);
    SessionOptions options(run_.options.account, run_.options.stop);
    options.trace = run_.options.trace;
    if (run_.options.credential) {
      Result<Credential> credential = run_.options.credential(run_.options.account);
      if (!credential) return fatal(std::move(credential).error());
      options.secret = std::move(credential->secret);
      options.kind = credential->kind;
    }
    Result<std::unique_ptr<Session>> session = Session::open(std::move(options));
    if (!session) return fatal(std::move(session).error());
    session_ = std::move(*session);
    run_.report.login_method = session_->login_method();
    return ok();
  }

  Status list() {
    run_.observer.entered(Phase::kListing);
    RESTANTE_TRY(const Totals totals, session_->stat());
    RESTANTE_TRY(std::vector<ListedSize> sizes, session_->list());
    RESTANTE_TRY(auto uids, session_->uidl());
    listing_ = combine(totals.messages, std::move(sizes), std::move(uids));
    run_.report.listed = std::max<std::uint64_t>(run_.report.listed, listing_.messages.size());
    if (!listing_.has_uids && !listing_.messages.empty())
      run_.note("the server has no unique ids: messages are recognised by their content");
    return ok();
  }

  /// What was there before the account was added is not fetched.
  Status leave_what_is_there() {
    if (!listing_.has_uids && !listing_.messages.empty())
      return fatal(Error(Errc::kState,
                         "the server has no unique ids, so what is there cannot be told from what "
                         "comes; \"restante import --state --forget\" lets all of it be fetched"));
    std::vector<Change> changes;
    for (const Listed& message : listing_.messages) {
      if (!message.identified()) continue;
      Change change{message.uid, run_.local.entry_of(message.uid)};
      if (change.entry.has_content()) continue;
      change.entry.state = UidState::kElsewhere;
      change.entry.octets = message.octets;
      change.entry.reason = "was there before";
      changes.push_back(std::move(change));
    }
    run_.note(fmt::format("{} messages were there before; only what comes from now on is fetched",
                          changes.size()));
    if (run_.options.dry_run) return ok();
    return local(run_.local.set_from_now_on(false, changes));
  }

  Status plan() {
    const Policy policy = policy_of(run_.options.account);
    PlanInput input(listing_, run_.local.known(), policy, run_.local.now());
    RESTANTE_TRY(const auto since, run_.local.shrunken_since());
    input.shrunken_since = since;
    plan_ = make_plan(input);
    tell_doubt();
    run_.report.waiting = plan_.waiting;
    run_.report.elsewhere = plan_.elsewhere;
    end_.retry = !plan_.retry.empty();
    if (run_.options.dry_run) return ok();
    const bool shrunken = plan_.doubt == Doubt::kShrunken;
    if (shrunken && !input.shrunken_since) {
      RESTANTE_CHECKED(local(run_.local.set_shrunken_since(input.now)));
    } else if (!shrunken && input.shrunken_since) {
      RESTANTE_CHECKED(local(run_.local.set_shrunken_since(std::nullopt)));
    }
    return local(record_plan());
  }

  void tell_doubt() {
    if (plan_.come_back > 0) {
      run_.note(fmt::format("{} messages come back whenever they are deleted; they are left alone",
                            plan_.come_back));
    }
    if (plan_.doubt == Doubt::kNone) return;
    std::string why(to_string(plan_.doubt));
    for (const std::string& contradiction : listing_.contradictions) why += ": " + contradiction;
    run_.note(why + "; nothing is deleted in this run");
  }

  /// What the listing alone decides.
  Status record_plan() {
    std::vector<Change> changes;
    const auto change = [&](const std::string& uid, UidState state) -> KnownUid& {
      changes.push_back({uid, run_.local.entry_of(uid)});
      changes.back().entry.state = state;
      return changes.back().entry;
    };
    for (const std::string& uid : plan_.gone) change(uid, UidState::kGone);
    for (const std::string& uid : plan_.vanished) change(uid, UidState::kVanished);
    for (const std::string& uid : plan_.returned) change(uid, UidState::kStored);
    for (const Skip& skip : plan_.skip) {
      ++run_.report.skipped;
      if (skip.uid.empty()) continue;
      KnownUid& entry = change(skip.uid, UidState::kSkipped);
      entry.octets = skip.octets;
      entry.reason = skip.reason;
    }
    return run_.local.record(changes);
  }

  void add_retries() {
    for (Fetch& message : plan_.retry) plan_.fetch.push_back(std::move(message));
    plan_.retry.clear();
    end_.retry = false;
  }

  /// A dry run ends here.
  Status show() {
    run_.report.would_fetch = plan_.fetch;
    for (const Fetch& message : plan_.retry) run_.report.would_fetch.push_back(message);
    if (plan_.may_delete()) {
      RESTANTE_TRY(std::vector<Deletion> deletions,
                   plan_deletions(run_, listing_, {}, run_.report.would_fetch));
      run_.report.would_delete = std::move(deletions);
    }
    end_.retry = false;
    return session_->quit();
  }

  Status fetch() {
    RESTANTE_CHECKED(inspect(run_, *session_, plan_));
    run_.observer.planned(plan_.fetch.size(), plan_.octets());
    run_.observer.entered(Phase::kFetching);
    Receiver receiver(run_, *session_);
    const std::size_t most = may_split() ? kSessionMessages : kNoLimit;
    const Status status = receiver.fetch(plan_.fetch, most);
    end_.settled = receiver.settled() > 0;
    end_.fatal = receiver.local_failed();
    end_.more = plan_.fetch.size() > most;
    unidentified_ = receiver.unidentified();
    return status;
  }

  /// A message without an id would be fetched again in each session.
  [[nodiscard]] bool may_split() const {
    return may_remove() && listing_.has_uids &&
           session_->capabilities().login_delay_seconds.value_or(0) == 0;
  }
  [[nodiscard]] bool may_remove() const {
    return policy_of(run_.options.account).deletes() && run_.options.may_delete &&
           (plan_.may_delete() || is_confirmable());
  }
  /// A person may decide what an account must not do by itself.
  [[nodiscard]] bool is_confirmable() const {
    return run_.options.confirm && plan_.doubt == Doubt::kRenumbered;
  }

  Status remove() {
    std::vector<Deletion> deletions;
    if (may_remove()) {
      Result<std::vector<Deletion>> chosen = plan_deletions(run_, listing_, unidentified_, {});
      if (!chosen) return fatal(std::move(chosen).error());
      deletions = std::move(*chosen);
    }
    return delete_and_quit(run_, *session_, deletions);
  }

  Status fatal(Error error) {
    end_.fatal = true;
    return error;
  }
  Status local(Status status) {
    if (!status) end_.fatal = true;
    return status;
  }

  Run& run_;
  RoundEnd& end_;
  std::unique_ptr<Session> session_;
  Listing listing_;
  Plan plan_;
  Unidentified unidentified_;
};

}  // namespace

RoundEnd run_round(Run& run, bool retry) {
  RoundEnd end;
  end.status = Round(run, end).perform(retry);
  return end;
}

}  // namespace restante::fetch
