#include "fetch/inspector.h"

#include <fmt/format.h>

#include "fetch/message_sinks.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kAtOnce = 32;  // TOPs under way; their answers are small.

class Inspection {
 public:
  Inspection(Run& run, Session& session, const Plan& plan)
      : run_(run), session_(session), doubt_(plan.doubt) {}

  [[nodiscard]] bool is_worthwhile(const Fetch& message) {
    return by_rules() || may_be_here(message);
  }

  /// Asks for the headers of these; which of them are to be fetched.
  Result<std::vector<bool>> look(std::span<const Fetch> messages) {
    for (const Fetch& message : messages) RESTANTE_CHECKED(session_.request_top(message.number, 0));
    std::vector<bool> wanted;
    for (const Fetch& message : messages) {
      HeaderSink sink;
      RESTANTE_TRY(const Retrieved answer, session_.receive_message(sink));
      // A server that refuses TOP may still give the message itself.
      wanted.push_back(!answer.ok || is_wanted(message, sink.header()));
    }
    return wanted;
  }

  Status record() { return run_.local.record(changes_); }

 private:
  [[nodiscard]] bool by_rules() const {
    const profile::Account& account = run_.options.account;
    return account.headers_first && !account.skip.empty();
  }
  /// With new ids, or without any. What has none is deleted only after its content was seen, so
  /// where that may come it is fetched in any case.
  [[nodiscard]] bool may_be_here(const Fetch& message) {
    const bool nameless =
        message.why == Why::kUnidentified && !policy_of(run_.options.account).deletes();
    const bool renamed = message.why == Why::kNew && doubt_ == Doubt::kRenumbered;
    return (nameless || renamed) && recogniser().has_candidates(message.octets);
  }

  /// Made when there is something to recognise: it looks at all that is known.
  Recogniser& recogniser() {
    const bool renumbered = doubt_ == Doubt::kRenumbered;
    if (!recogniser_)
      recogniser_.emplace(run_.local, renumbered ? OneForOne::kYes : OneForOne::kNo);
    return *recogniser_;
  }

  bool is_wanted(const Fetch& message, const HeaderBlock& header) {
    if (may_be_here(message) && header.whole()) {
      if (const auto found = recogniser().find(*message.octets, header.text()))
        return adopt(message, *found);
    }
    if (!by_rules()) return true;
    const auto* rule = find_rule(run_.options.account.skip, header.text());
    if (rule == nullptr) return true;
    return leave_out(message, fmt::format("{} {}", kByRule, rule->field));
  }

  bool adopt(const Fetch& message, const Recognised& found) {
    ++run_.report.known;
    run_.observer.settled(Outcome::kKnown);
    if (message.uid.empty()) return false;
    Change change{message.uid, run_.local.entry_of(message.uid)};
    change.entry.state = UidState::kStored;
    change.entry.sha256 = found.sha256;
    change.entry.copy = found.copy;
    change.entry.octets = message.octets;
    changes_.push_back(std::move(change));
    return false;
  }

  bool leave_out(const Fetch& message, std::string reason) {
    ++run_.report.skipped;
    run_.observer.settled(Outcome::kSkipped);
    if (message.uid.empty()) return false;
    Change change{message.uid, run_.local.entry_of(message.uid)};
    change.entry.state = UidState::kSkipped;
    change.entry.octets = message.octets;
    change.entry.reason = std::move(reason);
    changes_.push_back(std::move(change));
    return false;
  }

  Run& run_;
  Session& session_;
  std::optional<Recogniser> recogniser_;
  Doubt doubt_;
  std::vector<Change> changes_;
};

}  // namespace

Status inspect(Run& run, Session& session, Plan& plan) {
  const Capabilities& server = session.capabilities();
  if (server.known && !server.top) return ok();
  Inspection inspection(run, session, plan);
  std::vector<Fetch> rest;
  std::vector<Fetch> looked_at;
  const auto look = [&]() -> Status {
    RESTANTE_TRY(const std::vector<bool> wanted, inspection.look(looked_at));
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i]) rest.push_back(std::move(looked_at[i]));
    looked_at.clear();
    return ok();
  };
  for (Fetch& message : plan.fetch) {
    if (!inspection.is_worthwhile(message)) {
      rest.push_back(std::move(message));
      continue;
    }
    if (looked_at.empty()) run.observer.entered(Phase::kComparing);
    looked_at.push_back(std::move(message));
    if (looked_at.size() == kAtOnce) RESTANTE_CHECKED(look());
  }
  RESTANTE_CHECKED(look());
  std::sort(rest.begin(), rest.end(),
            [](const Fetch& a, const Fetch& b) { return a.number < b.number; });
  plan.fetch = std::move(rest);
  return inspection.record();
}

}  // namespace restante::fetch
