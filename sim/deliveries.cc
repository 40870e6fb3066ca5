// Simulated senders: they deliver, alone or several to one maildrop at the same time.
#include <algorithm>

#include "sim/describe.h"
#include "sim/mail.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

std::string outcome(const Error* error) { return error ? error->message() : "ok"; }

template <typename T>
const Error* error_of(const Result<T>& result) {
  return result ? nullptr : &result.error();
}

bool exceeds(const maildrop::NewMessage& message, std::uint64_t count, std::uint64_t octets) {
  const maildrop::Quota& quota = message.quota;
  return (quota.messages != 0 && count >= quota.messages) ||
         (quota.octets != 0 && octets + message.octets > quota.octets);
}

/// In the fullest of all worlds.
bool may_exceed(const Model& model, const maildrop::NewMessage& message) {
  std::uint64_t count = 0;
  std::uint64_t octets = 0;
  for (MessageId id = 0; id < model.messages.size(); ++id) {
    const MessageFacts& facts = model.messages[id];
    if (!facts.loose && !model.views_loose && !model.may_wait(id)) continue;
    ++count;
    octets += facts.wire.size();
  }
  return exceeds(message, count, octets);
}

bool is_valid(const std::string& uid) {
  return !uid.empty() && uid.size() <= 70 &&
         std::ranges::all_of(uid, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// All choices of one or more of them.
std::vector<std::vector<MessageId>> subsets(const std::vector<MessageId>& ids) {
  std::vector<std::vector<MessageId>> all;
  for (std::size_t bits = 1; bits < std::size_t{1} << ids.size(); ++bits) {
    std::vector<MessageId>& chosen = all.emplace_back();
    for (std::size_t i = 0; i < ids.size(); ++i)
      if ((bits >> i & 1U) != 0) chosen.push_back(ids[i]);
  }
  return all;
}

}  // namespace

/// One message on its way: its content, and its possible outcomes.
struct Simulation::Posting {
  Posting(MessageFacts f, std::size_t cut, bool fails)
      : facts(std::move(f)),
        source_fails(fails),
        source(std::string_view(facts.wire).substr(cut), fails),
        message(facts.wire.substr(0, cut), source, facts.wire.size()) {}
  Posting(const Posting&) = delete;  // The message points to the source, and that to the facts.
  Posting& operator=(const Posting&) = delete;

  const MessageFacts facts;
  const bool source_fails;
  MailSource source;
  maildrop::NewMessage message;
  bool is_taken = false;  // Its unique id.
  std::vector<Errc> expected;
  MessageId id = 0;
};

std::optional<std::string> Simulation::draw_uid(Account& account) {
  switch (rng_.below(24)) {
    case 0: return "imported-" + std::to_string(serial_);
    case 1: return std::to_string(serial_) + std::string(70 - std::to_string(serial_).size(), '~');
    case 2: return rng_.one_in(2) ? std::string("a b") : std::string(71, 'u');
    case 3: {
      const auto& uids = account.model.uids;
      if (uids.empty() || account.damaged) return std::nullopt;
      return std::next(uids.begin(), static_cast<std::ptrdiff_t>(rng_.below(uids.size())))->first;
    }
    default: return std::nullopt;
  }
}

std::unique_ptr<Simulation::Posting> Simulation::draw_posting(Account& account) {
  ++serial_;
  const std::string log = rng_.one_in(8) ? machine_.content(account.paths.log).value_or("") : "";
  MessageFacts facts;
  facts.wire = make_wire(serial_, {mix_.large_mail, mix_.rewrites}, log, rng_);
  facts.arrived = std::chrono::floor<std::chrono::seconds>(clock_.now()) +
                  std::chrono::milliseconds(serial_ % 1000);
  const std::optional<std::string> uid = draw_uid(account);
  facts.imported = uid;
  const std::size_t cut = rng_.below(std::min<std::size_t>(facts.wire.size(), 300) + 1);
  const bool source_fails = rng_.one_in(40) && facts.wire.size() > cut;
  auto posting = std::make_unique<Posting>(std::move(facts), cut, source_fails);
  maildrop::NewMessage& message = posting->message;
  message.arrived = posting->facts.arrived;
  message.uid = uid;
  if (mix_.quotas && rng_.one_in(4))
    (rng_.one_in(2) ? message.quota.messages : message.quota.octets) = rng_.between(1, 3000) / 300;
  if (message.quota.octets != 0) message.quota.octets *= 1000;

  // A unique id may be refused when an unheard delivery may have it, or damage hid one.
  posting->is_taken = uid && account.model.uids.contains(*uid);
  const bool is_imported =
      uid && std::ranges::any_of(account.model.messages,
                                 [&](const MessageFacts& m) { return m.imported == uid; });
  const bool may_be_taken = posting->is_taken || is_imported;
  // One that the maildrop has made itself is refused by its form.
  const auto given = uid ? account.model.uids.find(*uid) : account.model.uids.end();
  const bool is_own =
      given != account.model.uids.end() && account.model.messages.at(given->second).imported != uid;
  if (uid && (is_own || !is_valid(*uid))) posting->expected.push_back(Errc::kSyntax);
  if (may_be_taken) posting->expected.push_back(Errc::kExists);
  if (source_fails) posting->expected.push_back(Errc::kIo);
  return posting;
}

void Simulation::deliver() {
  Office& office = any_office();
  Account& account = any_account();
  // A group of unheard deliveries makes eight worlds of one: not on top of too many.
  const bool together = mix_.groups && group_rng_.one_in(3) && account.model.worlds().size() <= 8;
  deliver_to(office, account, together ? group_rng_.between(2, 3) : 1);
}

void Simulation::deliver_to(Office& office, Account& account, std::size_t count) {
  Postings postings;
  for (std::size_t i = 0; i < count; ++i) {
    Posting& posting = *postings.emplace_back(draw_posting(account));
    const maildrop::Quota& quota = posting.message.quota;
    // Of several, those before it take room, too.
    const bool is_limited = quota.messages + quota.octets > 0;
    if (is_limited && (i > 0 || may_exceed(account.model, posting.message)))
      posting.expected.push_back(Errc::kLimit);
  }
  const Attempt before = attempt(office, "deliver");
  std::vector<Result<maildrop::Receipt>> outcomes;
  if (count == 1) {
    outcomes.push_back(office.store->deliver(account.name, postings[0]->message));
  } else {
    std::vector<const maildrop::NewMessage*> messages;
    for (const auto& posting : postings) messages.push_back(&posting->message);
    outcomes = office.store->deliver_together(account.name, messages);
  }
  for (const auto& posting : postings) posting->id = account.model.add(posting->facts);
  judge_deliveries(office, account, before, postings, outcomes);
}

/// One sync is for all of them; of the unheard ones any choice may be there.
void Simulation::judge_deliveries(Office& office, Account& account, const Attempt& before,
                                  const Postings& postings,
                                  const std::vector<Result<maildrop::Receipt>>& outcomes) {
  std::map<Verdict, std::vector<MessageId>> by_verdict;
  maildrop::Usage earlier;  // Of those in the group.
  const auto served =
      std::ranges::find_if(outcomes, [](const auto& one) { return one.has_value(); });
  const bool is_told = served != outcomes.end() && !office.process->dead;
  note_released(account, is_told, is_told ? (*served)->released : std::vector<std::string>());
  for (std::size_t i = 0; i < postings.size(); ++i) {
    const Posting& posting = *postings[i];
    const Error* error = error_of(outcomes[i]);
    const Verdict verdict = judge(office, account, before, error, posting.expected);
    by_verdict[verdict].push_back(posting.id);
    say("message " + std::to_string(posting.id) + " of " + std::to_string(posting.message.octets) +
        " bytes to " + account.name.substr(0, 20) +
        (posting.facts.imported ? " with unique id " + *posting.facts.imported : "") +
        (postings.size() > 1 ? ", one of " + std::to_string(postings.size()) : "") + ": " +
        outcome(error));
    if (verdict != Verdict::kDone) continue;
    check_usage_before(account, posting.message, outcomes[i]->before, earlier);
    ++earlier.messages;
    earlier.octets += posting.message.octets;
  }
  const bool has_failed = machine_.faults() != before.faults;
  for (const auto& [verdict, ids] : by_verdict) {
    for (const auto& chosen : subsets(ids)) {
      if (verdict == Verdict::kDone && chosen.size() < ids.size()) continue;
      const bool in_doubt = verdict == Verdict::kRefusedInDoubt || verdict == Verdict::kUnsteady;
      // Also where the machine stopped while what had failed was cut off.
      const bool was_cut = in_doubt || (verdict == Verdict::kUnknown && has_failed);
      const Change change{Change::Kind::kDeliver, chosen, was_cut && postings.size() > 1};
      apply(account, verdict, change);
      if (in_doubt) distrust(office, account, change);
    }
  }
  if (postings.size() > 1 && by_verdict.rbegin()->first > Verdict::kRefused)
    account.group_cut_short = true;
  if (!by_verdict.contains(Verdict::kDone)) return;
  // Only the making of the log can have failed then; it went well in the end.
  office.process->failed_paths.erase(account.paths.log);
  for (std::size_t i = 0; i < postings.size(); ++i)
    if (outcomes[i] && std::ranges::count(by_verdict[Verdict::kDone], postings[i]->id) > 0)
      check_delivered(account, *postings[i], *outcomes[i]);
}

void Simulation::check_delivered(Account& account, const Posting& posting,
                                 const maildrop::Receipt& receipt) {
  if (posting.is_taken && !account.damaged)
    throw Violation{"a unique id was taken twice: " + *posting.facts.imported};
  if (posting.source_fails) throw Violation{"delivered, although its source could not be read"};
  check_receipt(account, posting.id, receipt);
}

void Simulation::check_usage_before(Account& account, const maildrop::NewMessage& message,
                                    const maildrop::Usage& before, const maildrop::Usage& earlier) {
  if (exceeds(message, before.messages, before.octets))
    throw Violation{"delivered beyond the quota"};
  if (!account.model.observe_usage(before.messages - earlier.messages,
                                   before.octets - earlier.octets, clock_.now(), mix_.view_expires))
    throw Violation{"the receipt says that " + std::to_string(before.messages) +
                    " messages waited; expected " + describe(account.model)};
}

void Simulation::check_receipt(Account& account, MessageId id, const maildrop::Receipt& receipt) {
  const MessageFacts& facts = account.model.messages[id];
  if (facts.imported && receipt.uid != *facts.imported && !is_valid(*facts.imported))
    throw Violation{"an invalid unique id was accepted: " + *facts.imported};
  if (facts.imported && receipt.uid != *facts.imported)
    throw Violation{"the unique id " + *facts.imported + " became " + receipt.uid};
  const std::string wrong = account.model.learn(id, receipt.uid, to_number(receipt.sequence));
  if (!wrong.empty()) throw Violation{wrong};
}

}  // namespace restante::sim
