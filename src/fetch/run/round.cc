#include "fetch/run/round.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/numbers.h"
#include "fetch/run/inspector.h"
#include "fetch/run/read_back.h"
#include "fetch/run/receiver.h"
#include "fetch/run/remover.h"

namespace restante::fetch {
namespace {

// Where the server's copies are deleted, a session ends after this many messages: its deletions are
// in force only after QUIT.
constexpr std::size_t kSessionMessages = 1000;
constexpr std::size_t kNoLimit = SIZE_MAX;
// That it hung up at CAPA may have been the network's fault.
constexpr std::chrono::days kDaysWithoutCapa{1};

/// For how long commands that went together are taken for lost, or their replies for others', when
/// that was the end; nothing: they are not. Silence may be the network's.
std::optional<std::chrono::days> time_alone(const Error& error) {
  if (error.code == Errc::kSyntax) return kHabitDaysMax;
  if (error.code == Errc::kTimeout) return std::chrono::days(1);
  return std::nullopt;
}
// Servers may end a session after ten minutes of silence (RFC 1939 s.3); many do it far earlier.
constexpr std::chrono::seconds kSilenceMax{30};

class Round {
  using Clock = std::chrono::steady_clock;

 public:
  Round(Run& run, RoundEnd& end) : run_(run), end_(end) {}
  // It holds the session, which ends with this object.
  ~Round() { run_.keep_alive = nullptr; }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;

  Status perform(bool retry) {
    RESTANTE_CHECKED(log_in());
    RESTANTE_CHECKED(list());
    RESTANTE_TRY(const bool from_now_on, run_.local.from_now_on());
    if (from_now_on) RESTANTE_CHECKED(leave_what_is_there());
    RESTANTE_CHECKED(plan());
    if (retry) add_retries();
    if (run_.options.dry_run) return show();
    const Status fetched = fetch();
    // Another session asks again; until then nothing that this one received may delete anything.
    if (end_.anew) return fetched ? session_->quit() : fetched;
    RESTANTE_CHECKED(fetched);
    run_.pipelining.session_held();
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
      // A secret that cannot be had is no trouble of the server's: another session would ask again.
      options.secret = std::move(credential->secret);
      options.kind = credential->kind;
    }
    // A password can be said without a list of capabilities, so one more session is tried without
    // CAPA. Only its success proves that CAPA was at fault.
    options.asks_capa = !run_.habits.has(Habit::kDiesOfCapa);
    Result<std::unique_ptr<Session>> session = Session::open(options);
    if (!session && Session::is_of_capa(session.error()) && options.asks_capa &&
        can_do_without_capa(options.kind)) {
      options.asks_capa = false;
      if (auto without = Session::open(options)) {
        session = std::move(without);
        RESTANTE_CHECKED(local(run_.habits.remember(
            Habit::kDiesOfCapa, "it ends the session at CAPA", kDaysWithoutCapa)));
      }
    }
    if (!session) return fatal(std::move(session).error());
    session_ = std::move(*session);
    // This server has mixed its answers up before: one command at a time.
    if (!run_.pipelining.is_trusted()) session_->set_window(1);
    run_.report.login_method = session_->login_method();
    // The disk, a virus scan or a person may keep us from the session for longer than the server
    // waits.
    run_.keep_alive = [session = session_.get(), told = Clock::now()]() mutable -> Status {
      if (Clock::now() - told < kSilenceMax) return ok();
      told = Clock::now();
      return session->noop();
    };
    return ok();
  }

  /// A way in that need not be announced.
  [[nodiscard]] bool can_do_without_capa(sasl::CredentialKind kind) const {
    return kind == sasl::CredentialKind::kPassword || run_.options.account.mechanism;
  }

  Status list() {
    run_.observer.entered(Phase::kListing);
    RESTANTE_TRY(const Totals totals, session_->stat());
    Result<std::vector<ListedSize>> sizes = session_->list();
    if (!sizes && !is_refusal_of_nothing(totals)) return std::move(sizes).error();
    if (!sizes) sizes.emplace();
    auto uids = session_->uidl();
    if (!uids && !is_refusal_of_nothing(totals)) return std::move(uids).error();
    if (!uids) uids.emplace(std::vector<ListedUid>());
    // Three lists of the same mail: where they contradict each other, nothing is deleted.
    listing_ = combine(totals.messages, std::move(*sizes), std::move(*uids));
    // The most of all sessions of a run: later ones list less.
    run_.report.listed = std::max<std::uint64_t>(run_.report.listed, listing_.messages.size());
    if (!listing_.has_uids && !listing_.messages.empty())
      run_.note("the server has no unique ids: messages are recognised by their content");
    tell_unknown_sizes();
    if (listing_.without_own_uid > 0)
      run_.note(counted(listing_.without_own_uid, "message has", "messages have") +
                " no unique id of their own: they are recognised by their content");
    return ok();
  }
  void tell_unknown_sizes() {
    const auto count = static_cast<std::uint64_t>(std::ranges::count_if(
        listing_.messages, [](const Listed& message) { return !message.octets; }));
    if (count > 0) run_.note("LIST does not say the size of " + counted(count, "message"));
  }
  /// Some servers have no listing where there is no mail.
  [[nodiscard]] bool is_refusal_of_nothing(const Totals& totals) const {
    return totals.messages == 0 && !session_->is_over();
  }

  /// Mail that was there before the account was added is not fetched.
  Status leave_what_is_there() {
    if (!listing_.has_uids && !listing_.messages.empty())
      return fatal(Error(Errc::kState,
                         "the server has no unique ids, so what is there cannot be told from what "
                         "comes; \"restante import --state --forget\" lets all of it be fetched"));
    std::vector<Change> changes;
    for (const Listed& message : listing_.messages) {
      if (!message.identified()) continue;
      Change change{message.uid, run_.local.entry_of(message.uid)};
      // What is here already stays known as such.
      if (change.entry.has_content()) continue;
      change.entry.state = UidState::kElsewhere;
      change.entry.octets = message.octets;
      change.entry.reason = "was there before";
      changes.push_back(std::move(change));
    }
    run_.note(counted(changes.size(), "message was", "messages were") +
              " there before; only what comes from now on is fetched");
    if (run_.options.dry_run) return ok();
    // One transaction takes the wish back and notes the messages: a crash in between would fetch
    // all of them.
    return local(run_.local.set_from_now_on(false, changes));
  }

  Status plan() {
    const Policy policy = policy_of(run_.options.account);
    // Age counts from when a message was first seen here, and not from its Date, which its sender
    // writes.
    PlanInput input(listing_, run_.local.known(), policy, run_.local.now());
    RESTANTE_TRY(const auto since, run_.local.shrunken_since());
    input.shrunken_since = since;
    // Once a run: each further session of it makes a plan of its own.
    input.retry_now = run_.options.retry_now && !run_.retried;
    plan_ = make_plan(input);
    // A doubt lasts for the whole run: the next listing may be the wrong one.
    run_.listing_doubted = run_.listing_doubted || !plan_.may_delete();
    tell_doubt();
    // A message that failed in this run is told as such, and not as waiting besides.
    if (!std::exchange(run_.planned, true)) run_.report.waiting = plan_.waiting;
    run_.report.elsewhere = plan_.elsewhere;
    end_.retry = !plan_.retry.empty();
    if (run_.options.dry_run) return ok();
    // The first moment of a short listing is kept: if it stays short for long enough, it is
    // believed.
    const bool shrunken = plan_.doubt == Doubt::kShrunken;
    if (shrunken && !input.shrunken_since) {
      RESTANTE_CHECKED(local(run_.local.set_shrunken_since(input.now)));
    } else if (!shrunken && input.shrunken_since) {
      // The listing is whole again: the next short one begins its own time.
      RESTANTE_CHECKED(local(run_.local.set_shrunken_since(std::nullopt)));
    }
    if (plan_.doubt == Doubt::kRenumbered) run_.local.let_content_decide();
    RESTANTE_CHECKED(local(store_plan()));
    return local(count_days());
  }

  /// Deletion by age wants a message to be seen on several days.
  Status count_days() {
    if (policy_of(run_.options.account).remove != profile::Delete::kAfterDays) return ok();
    std::vector<Change> changes;
    // A message of this very listing is noted with it.
    for (const Listed& message : listing_.messages) {
      const auto known = run_.local.known().find(message.uid);
      if (!message.identified() || known == run_.local.known().end()) continue;
      KnownUid entry = known->second;
      entry.see_on(run_.local.now());
      if (entry.seen_days == known->second.seen_days) continue;
      changes.push_back({message.uid, std::move(entry)});
    }
    return run_.local.store(changes);
  }

  void tell_doubt() {
    if (plan_.come_back > 0) {
      run_.note(counted(plan_.come_back, "message comes back", "messages come back") +
                " whenever they are deleted; they are left alone");
    }
    if (plan_.doubt == Doubt::kNone) return;
    std::string why(to_string(plan_.doubt));
    for (const std::string& contradiction : listing_.contradictions) why += ": " + contradiction;
    run_.note(why + "; nothing is deleted in this run");
  }

  /// What the listing alone decides.
  Status store_plan() {
    std::vector<Change> changes;
    const auto change = [&](const std::string& uid, UidState state) -> KnownUid& {
      changes.push_back({uid, run_.local.entry_of(uid)});
      changes.back().entry.state = state;
      return changes.back().entry;
    };
    for (const std::string& uid : plan_.gone) {
      change(uid, UidState::kGone);
      // An earlier session of this run sent DELE for it, and its QUIT was not answered: it was done
      // all the same.
      if (run_.unconfirmed.erase(uid) > 0) ++run_.report.deleted;
    }
    run_.report.unconfirmed = run_.unconfirmed.size();
    for (const std::string& uid : plan_.vanished) change(uid, UidState::kVanished);
    for (const std::string& uid : plan_.returned) change(uid, UidState::kStored);
    for (const Skip& skip : plan_.skip) {
      ++run_.report.skipped;
      // Without an id there is nothing to remember it by; the next listing decides again.
      if (skip.uid.empty()) continue;
      KnownUid& entry = change(skip.uid, UidState::kSkipped);
      entry.octets = skip.octets;
      entry.reason = skip.reason;
    }
    return run_.local.store(changes);
  }

  void add_retries() {
    for (Fetch& message : plan_.retry) plan_.fetch.push_back(std::move(message));
    plan_.retry.clear();
    end_.retry = false;
    run_.retried = true;
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
    RESTANTE_CHECKED(look_ahead());
    run_.observer.planned(plan_.fetch.size(), plan_.octets());
    run_.observer.entered(Phase::kFetching);
    Receiver receiver(run_, *session_);
    const std::size_t most = may_split() ? kSessionMessages : kNoLimit;
    const Status status = receiver.fetch(plan_.fetch, most);
    end_.settled = receiver.settled() > 0;
    // A full disk is met by every session.
    end_.fatal = receiver.local_failed();
    // A fault of the disk is none of the session's: another session would meet it, too.
    end_.anew = (receiver.doubted() || receiver.left_too_large()) && !end_.fatal;
    end_.more = (plan_.fetch.size() > most && !receiver.had_enough()) || receiver.found_unsure();
    if (receiver.had_enough()) end_.retry = false;
    unidentified_ = receiver.unidentified();
    return status;
  }

  /// At the headers. Should they not come because several were asked for, another session asks for
  /// them one by one.
  Status look_ahead() {
    const bool ahead = session_->asks_ahead();
    Status looked = inspect(run_, *session_, plan_);
    if (!looked && ahead && session_->is_over()) RESTANTE_CHECKED(ask_alone_after(looked.error()));
    return looked;
  }

  Status ask_alone_after(const Error& error) {
    const auto time = time_alone(error);
    if (!time) return ok();
    end_.anew = true;
    return local(run_.pipelining.break_off(error.detail, *time));
  }

  /// A message without an id would be fetched again in each session.
  [[nodiscard]] bool may_split() const {
    return may_remove() && listing_.has_uids &&
           // A server with a delay between logins would refuse the next session.
           session_->capabilities().login_delay_seconds.value_or(0) == 0;
  }
  [[nodiscard]] bool may_remove() const {
    return policy_of(run_.options.account).deletes() && run_.options.may_delete &&
           ((plan_.may_delete() && !run_.listing_doubted) || is_confirmable());
  }
  /// A person may decide what an account must not do by itself.
  [[nodiscard]] bool is_confirmable() const {
    return run_.options.confirm && plan_.doubt == Doubt::kRenumbered;
  }

  Status remove() {
    std::vector<Deletion> deletions;
    if (may_remove()) {
      Result<std::vector<Deletion>> chosen = plan_deletions(run_, listing_, unidentified_, {});
      if (!chosen) {
        // The session's end, while a person was asked, is mended by another session.
        return session_->is_over() ? Status(std::move(chosen).error())
                                   : fatal(std::move(chosen).error());
      }
      RESTANTE_TRY(ReadBack whole, read_back(run_, *session_, std::move(*chosen)));
      deletions = std::move(whole.messages);
      // Messages that are not whole here are fetched again, now that the others are done.
      end_.more = end_.more || whole.fetch_again;
    }
    // What follows a failed login or a lost reply is decided by the one who counts sessions.
    // Replies to several DELE at once may be lost as those to RETR may: then they go one by one.
    const bool ahead = session_->asks_ahead() && deletions.size() > 1;
    Status done = delete_and_quit(run_, *session_, deletions);
    if (!done && ahead) RESTANTE_CHECKED(ask_alone_after(done.error()));
    return done;
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
