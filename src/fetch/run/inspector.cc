#include "fetch/run/inspector.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "fetch/run/message_sinks.h"
#include "fetch/state/imported_mail.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kAtOnce = 32;  // TOPs under way; their answers are small.

class Inspection {
 public:
  Inspection(Run& run, Session& session, const Plan& plan, ImportedMail imported)
      : run_(run), session_(session), imported_(std::move(imported)), doubt_(plan.doubt) {}

  [[nodiscard]] bool is_worthwhile(const Fetch& message) {
    return by_rules() || may_be_here(message) || may_be_imported(message);
  }

  /// The header alone may leave it out, and for good: nothing would show that it is another's, so
  /// it is asked for alone.
  [[nodiscard]] bool goes_by_header(const Fetch& message) const {
    return by_rules() || may_be_imported(message);
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

  Status store() {
    RESTANTE_CHECKED(run_.local.store(changes_));
    changes_.clear();
    // With their changes first: a crash after "imported" would forget the row that it rests on.
    return imported_.settle(/*at_the_end=*/false);
  }
  Status finish() {
    RESTANTE_CHECKED(store());
    return imported_.settle(/*at_the_end=*/true);
  }

 private:
  [[nodiscard]] bool by_rules() const {
    const profile::Account& account = run_.options.account;
    return account.headers_first && !account.skip.empty();
  }
  /// With new ids, or without any. A message without an id is deleted only after its content was
  /// seen, so an account that deletes fetches it in any case.
  [[nodiscard]] bool may_be_here(const Fetch& message) {
    const bool nameless =
        message.why == Why::kUnidentified && !policy_of(run_.options.account).deletes();
    const bool renamed = message.why == Why::kNew && doubt_ == Doubt::kRenumbered;
    // TOP costs a round trip, so only a message whose size is known here is looked at.
    return (nameless || renamed) && recogniser().has_candidates(message.octets);
  }

  /// Made when there is something to recognise: it looks at all that is known.
  Recogniser& recogniser() {
    const bool renumbered = doubt_ == Doubt::kRenumbered;
    if (!recogniser_)
      recogniser_.emplace(run_.local, renumbered ? OneForOne::kYes : OneForOne::kNo);
    return *recogniser_;
  }

  /// Another program has fetched it, and what it kept was imported.
  [[nodiscard]] bool may_be_imported(const Fetch& message) const {
    return message.why == Why::kNew && !message.uid.empty() && message.octets && !imported_.empty();
  }

  bool is_wanted(const Fetch& message, const HeaderBlock& header) {
    if (may_be_imported(message) && header.whole() &&
        imported_.take(*message.octets, header.text()))
      return leave_elsewhere(message);
    if (may_be_here(message) && header.whole()) {
      if (const auto found = recogniser().find(*message.octets, header.text()))
        return adopt(message, *found);
    }
    if (!by_rules()) return true;
    // A rule decides by the header; a message without one of its fields is wanted.
    const auto* rule = find_rule(run_.options.account.skip, header.text());
    if (rule == nullptr) return true;
    return leave_out(message, fmt::format("{} {}", kByRule, rule->field));
  }

  /// An answer that came twice tells nothing of the second message.
  bool adopt(const Fetch& message, const Recognised& found) {
    // One command at a time needs no such doubt.
    if (session_.asks_ahead() && !adopted_.insert(found.sha256).second) return true;
    ++run_.report.known;
    run_.observer.settled(Outcome::kKnown);
    // Nothing to remember it by.
    if (message.uid.empty()) return false;
    Change change{message.uid, run_.local.entry_of(message.uid)};
    change.entry.state = UidState::kStored;
    change.entry.sha256 = found.sha256;
    change.entry.copy = found.copy;
    change.entry.octets = message.octets;
    changes_.push_back(std::move(change));
    return false;
  }

  /// Its octets are not those that are here, so that it stays on the server.
  bool leave_elsewhere(const Fetch& message) {
    ++run_.report.known;
    run_.observer.settled(Outcome::kKnown);
    Change change{message.uid, run_.local.entry_of(message.uid)};
    change.entry.state = UidState::kElsewhere;
    change.entry.octets = message.octets;
    change.entry.reason = "imported";
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
  ImportedMail imported_;
  Doubt doubt_;
  std::vector<Change> changes_;
  std::unordered_set<std::string> adopted_;
};

}  // namespace

Status inspect(Run& run, Session& session, Plan& plan) {
  const Capabilities& server = session.capabilities();
  // Without a word about TOP it is tried: RFC 1939 servers have it.
  if (server.known && !server.top) return ok();
  RESTANTE_TRY(ImportedMail imported,
               ImportedMail::load(run.local.database(), run.options.account.name));
  Inspection inspection(run, session, plan, std::move(imported));
  std::vector<Fetch> rest;
  std::vector<Fetch> looked_at;
  std::size_t unrecorded = 0;  // Looked at since the last time that it was written down.
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
    // By its size and header a message is recognised: of two of one size the answers could be mixed
    // up unseen.
    const auto same_size = [&](const Fetch& each) { return each.octets == message.octets; };
    const bool by_header = inspection.goes_by_header(message);
    if (by_header || std::any_of(looked_at.begin(), looked_at.end(), same_size))
      RESTANTE_CHECKED(look());
    if (looked_at.empty()) run.observer.entered(Phase::kComparing);
    looked_at.push_back(std::move(message));
    if (++unrecorded < kAtOnce && !by_header) continue;
    RESTANTE_CHECKED(look());
    if (unrecorded < kAtOnce) continue;
    RESTANTE_CHECKED(inspection.store());
    unrecorded = 0;
  }
  RESTANTE_CHECKED(look());
  // In the server's order again: the looks have mixed it up.
  std::sort(rest.begin(), rest.end(),
            [](const Fetch& a, const Fetch& b) { return a.number < b.number; });
  plan.fetch = std::move(rest);
  return inspection.finish();
}

}  // namespace restante::fetch
