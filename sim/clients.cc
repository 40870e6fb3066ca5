// The sessions of the simulated clients.
#include <algorithm>

#include "sim/describe.h"
#include "sim/mail.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

constexpr std::uint64_t kVerifiedFirstBytesMax = 64U << 10;  // Store's promise: see Session::read.

std::string who(const std::string& account) { return account.substr(0, 20); }

std::string outcome(const Error* error) { return error ? error->message() : "ok"; }

template <typename T>
const Error* error_of(const Result<T>& result) {
  return result ? nullptr : &result.error();
}

}  // namespace

bool Simulation::is_open_anywhere(const Account& account, std::optional<View> view) const {
  return std::ranges::any_of(offices_, [&](const Office& office) {
    return std::ranges::any_of(office.clients, [&](const Client& client) {
      return &accounts_[client.account] == &account && (!view || client.view == *view);
    });
  });
}

// Sessions.

void Simulation::open() {
  Office& office = any_office();
  Account& account = any_account();
  (void)open_session(office, account, choose_view(office, account));
}

Result<std::unique_ptr<maildrop::Session>> Simulation::begin_session(Office& office,
                                                                     const Account& account,
                                                                     View view) {
  if (view == View::kTrash) return office.store->open_trash(account.name, mix_.undelete_window);
  if (rng_.one_in(3))
    if (auto session = office.store->open_cached(account.name, view)) return std::move(*session);
  return office.store->open(account.name, view);
}

Simulation::Client* Simulation::open_session(Office& office, Account& account, View view) {
  const bool was_open = is_open_anywhere(account, view);
  const Attempt before = attempt(office, "open");
  auto session = begin_session(office, account, view);
  std::vector<Errc> expected;
  if (was_open) expected.push_back(Errc::kBusy);
  (void)judge(office, account, before, error_of(session), expected);
  say("session of " + who(account.name) +
      (view == View::kDefault ? "" : ", view " + std::to_string(static_cast<std::uint32_t>(view))) +
      ": " + outcome(error_of(session)));
  if (session || session.error().code != Errc::kBusy)
    account.model.use(view, clock_.now(), session && !is_excused(office, account, before));
  if (!session) return nullptr;
  if (was_open) throw Violation{"two sessions of one view"};
  Client client{static_cast<std::size_t>(&account - accounts_.data()),
                std::move(*session),
                {},
                account.repaired,
                machine_.faults(),
                view,
                account.model.may_be_of_copy(view),
                {}};
  if (office.process->dead) return nullptr;
  client.ids = look(office, account, *client.session, view);
  return &office.clients.emplace_back(std::move(client));
}

/// Compares the listing of a new session with the model.
std::vector<MessageId> Simulation::look(const Office& office, Account& account,
                                        const maildrop::Session& session, View view) {
  std::vector<MessageId> ids;
  Observation seen;
  seen.view = view;
  std::uint64_t octets = 0;
  std::uint64_t last = 0;
  std::string listing;
  for (std::uint32_t i = 1; i <= session.count(); ++i) {
    const maildrop::MessageInfo& info = session.info(MessageNumber{i});
    const auto id = account.model.find(info.arrived);
    if (!id) throw Violation{"a message that was never delivered"};
    listing += " " + std::to_string(*id);
    const MessageFacts& facts = account.model.messages[*id];
    if (info.octets != facts.wire.size() || info.wire_bytes != facts.wire.size())
      throw Violation{"message " + std::to_string(*id) + " has another size"};
    if (to_number(info.sequence) <= last) throw Violation{"sequence numbers do not ascend"};
    last = to_number(info.sequence);
    octets += info.octets;
    std::string uid;
    session.append_uid(MessageNumber{i}, uid);
    const std::string wrong = account.model.learn(*id, uid, last);
    if (!wrong.empty()) throw Violation{wrong};
    if (!seen.here.insert(*id).second) throw Violation{"a message is there twice"};
    if (account.model.must_be(*id, Presence::kNever) && !facts.loose)
      throw Violation{"message " + std::to_string(*id) + " was refused, and is there"};
    const auto untrusted = office.untrusted.find(&account);
    if (untrusted != office.untrusted.end() && untrusted->second.contains(*id))
      throw Violation{"message " + std::to_string(*id) + " is shown after its sync failed"};
    ids.push_back(*id);
  }
  if (octets != session.total_octets()) throw Violation{"the sum of the octets is wrong"};
  say("  lists" + listing);
  // After a failed sync a process goes on reading what it knew before, and no more.
  if (is_poisoned(office, account)) return ids;
  if (view == View::kTrash) {
    check_trash(account, account.model, seen.here);
    return ids;
  }
  if (view != View::kDefault && account.model.views_loose) return ids;
  if (!account.model.observe(seen))
    throw Violation{"the session of " + who(account.name) + " lists" + listing + ";\nexpected " +
                    describe(account.model)};
  return ids;
}

void Simulation::read() {
  Office& office = any_office();
  if (office.clients.empty()) return;
  Client& client = office.clients[rng_.below(office.clients.size())];
  const std::uint32_t count = client.session->count();
  if (count == 0) return;
  (void)attempt(office, "read");
  for (std::uint64_t n = rng_.between(1, 4); n > 0; --n) {
    const MessageNumber number{static_cast<std::uint32_t>(rng_.between(1, count))};
    read_message(office, client, number);
    if (office.process->dead) return;
  }
}

void Simulation::read_message(Office& office, Client& client, MessageNumber number) {
  const Account& account = accounts_[client.account];
  const MessageId id = client.ids[to_index(number)];
  const MessageFacts& facts = account.model.messages[id];
  const Attempt before = attempt(office, "read");
  const auto stopped = [&](const Error& error, std::size_t given) {
    if (is_excused(office, account, before)) return;
    if (error.code != Errc::kCorrupt || !facts.hit || client.after_repair)
      throw Violation{"message " + std::to_string(id) + " cannot be read: " + error.message()};
    if (given > 0 && facts.wire.size() <= kVerifiedFirstBytesMax)
      throw Violation{"a part of a small damaged message was given out"};
    coverage_.count(Section::kFault, "damage seen by a reader");
    say("message " + std::to_string(id) + " is known to be damaged");
  };
  const auto reader = client.session->read(number);
  if (!reader) return stopped(reader.error(), 0);
  std::string piece(rng_.one_in(2) ? 8192 : rng_.between(1, 700), '\0');
  if (facts.wire.size() > 4096) piece.resize(std::max<std::size_t>(piece.size(), 4096));
  std::size_t given = 0;
  for (;;) {
    const MutableBytes target = std::as_writable_bytes(std::span(piece));
    std::optional<Result<std::size_t>> got;
    if (rng_.one_in(2)) got = (*reader)->read_cached(target);
    if (!got) got = (*reader)->read(target);
    if (!*got) return stopped(got->error(), given);
    if (**got == 0) break;
    if (facts.wire.compare(given, **got, piece, 0, **got) != 0 && !facts.hit)
      throw Violation{"message " + std::to_string(id) + " differs behind byte " +
                      std::to_string(given)};
    if (given + **got == facts.wire.size() &&
        facts.wire.compare(given, **got, piece, 0, **got) != 0)
      throw Violation{"damaged message " + std::to_string(id) + " was given out as good"};
    given += **got;
  }
  if (given != facts.wire.size()) throw Violation{"a message ends early"};
}

/// Why a QUIT may be refused though nothing failed meanwhile.
std::vector<Errc> Simulation::refusals(const Account& account, const Client& client) const {
  // A fault may cost a session its place when the log is loaded anew: then its QUIT is refused.
  std::vector<Errc> expected;
  if (machine_.faults() != client.faults) expected.push_back(Errc::kIo);
  // So may damage at the end of the log: one process's index vouches for a message there that
  // another takes for a torn append, and the next message gets its number. Better no QUIT than that
  // one gone.
  if (account.damaged && mix_.live_damage && !client.after_repair) expected.push_back(Errc::kIo);
  const bool may_be_ended = client.view != View::kTrash && !account.model.must_live(client.view);
  if (may_be_ended || account.model.views_loose) expected.push_back(Errc::kNotFound);
  return expected;
}

/// A copy's worker: its target has taken some messages, and it says so in several steps.
void Simulation::hand_on(Office& office, Account& account, Client& client) {
  for (std::uint64_t steps = view_rng_.between(1, 3); steps > 0; --steps)
    if (!commit_copy(office, account, client)) return;
}

/// One step, of one message or some; some of them leave all readers, too. False: it is the last.
bool Simulation::commit_copy(Office& office, Account& account, Client& client) {
  coverage_.count(Section::kOperation, "handed on");
  maildrop::SessionEnd end;
  Change change{Change::Kind::kDelete, {}};
  change.view = client.view;
  std::string listing;
  const std::uint64_t most = view_rng_.one_in(2) ? 1 : view_rng_.between(2, 5);
  for (std::uint32_t i = 1; i <= client.session->count() && end.deleted.size() < most; ++i) {
    if (client.handed_on.contains(i) || view_rng_.one_in(4)) continue;
    client.handed_on.insert(i);
    const MessageId id = client.ids[i - 1];
    end.deleted.push_back(MessageNumber{i});
    change.ids.push_back(id);
    listing += " " + std::to_string(id);
    if (!view_rng_.one_in(3)) continue;
    end.everywhere.push_back(MessageNumber{i});
    change.for_all.insert(id);
    listing += "*";
  }
  if (end.deleted.empty()) return false;
  note_deletion(account, change.ids, client.view, !change.for_all.empty());
  const Attempt before = attempt(office, "hand on");
  const Status committed = client.session->commit(end);
  const Verdict verdict =
      judge(office, account, before, error_of(committed), refusals(account, client));
  say("a copy of " + who(account.name) + " has" + listing + ": " + outcome(error_of(committed)));
  settle_quit(account, client, verdict, change, end);
  return verdict == Verdict::kDone && !machine_.stopped();
}

void Simulation::quit() {
  Office& office = any_office();
  if (office.clients.empty()) return;
  const std::size_t chosen = rng_.below(office.clients.size());
  Client client = std::move(office.clients[chosen]);
  office.clients.erase(office.clients.begin() + static_cast<std::ptrdiff_t>(chosen));
  Account& account = accounts_[client.account];
  if (client.of_copy) {
    hand_on(office, account, client);
    if (!office.process->dead && view_rng_.one_in(2)) office.clients.push_back(std::move(client));
    return;
  }
  const std::uint64_t percent = rng_.one_in(mix_.rewrites ? 2 : 3) ? 100 : rng_.below(100);
  const bool with_retrievals = rng_.one_in(4);
  Change change{Change::Kind::kDelete, {}};
  change.view = client.view;
  std::string listing;
  maildrop::SessionEnd end;
  for (std::uint32_t i = 1; i <= client.session->count(); ++i) {
    if (with_retrievals && rng_.one_in(2)) end.retrieved.push_back(MessageNumber{i});
    if (!rng_.percent(percent)) continue;
    end.deleted.push_back(MessageNumber{i});
    change.ids.push_back(client.ids[i - 1]);
    listing += " " + std::to_string(change.ids.back());
  }
  note_deletion(account, change.ids, client.view, account.model.may_be_main(client.view));
  const Attempt before = attempt(office, "quit");
  const Status committed = client.session->commit(end);
  const Verdict verdict =
      judge(office, account, before, error_of(committed), refusals(account, client));
  say("QUIT of " + who(account.name) + " deletes" + listing + ": " + outcome(error_of(committed)));
  settle_quit(account, client, verdict, change, end);
}

void Simulation::settle_quit(Account& account, const Client& client, Verdict verdict,
                             const Change& change, const maildrop::SessionEnd& end) {
  Model& model = account.model;
  const bool is_done = verdict == Verdict::kDone;
  const bool says_something = !end.deleted.empty() || !end.retrieved.empty();
  if (is_done && says_something && client.view != View::kTrash && !model.views_loose &&
      !model.observe_worlds([&](const World& world) { return world.views.contains(client.view); }))
    throw Violation{"a QUIT in a view that had ended"};
  if (!change.ids.empty()) apply(account, verdict, change);
  // Whether its deletions are everybody's, or there is such a view, is not known.
  if (model.views_loose && client.view != View::kDefault && client.view != View::kTrash)
    model.loosen(change);
  if (client.view == View::kTrash) return;
  if (!end.retrieved.empty() && !is_done) account.retrieval_unsure = true;
  for (const MessageNumber number : end.retrieved) {
    MessageFacts& facts = model.messages[client.ids[to_index(number)]];
    if (is_done) facts.retrieved.emplace(client.view, clock_.now());
  }
}

void Simulation::drop() {
  Office& office = any_office();
  if (office.clients.empty()) return;
  say("a session of " + who(accounts_[office.clients.back().account].name) + " is dropped");
  office.clients.pop_back();
}

void Simulation::list() {
  Office& office = any_office();
  Account& account = any_account();
  const View view = choose_view(office, account);
  const Attempt before = attempt(office, "list");
  const auto entries = office.store->list(account.name, view);
  (void)judge(office, account, before, error_of(entries), {});
  if (!entries || office.process->dead) return;
  Observation seen;
  seen.shows_deleted = true;
  seen.view = view;
  std::string listing;
  for (const maildrop::Store::Entry& entry : *entries) {
    const auto id = account.model.find(entry.info.arrived);
    if (!id) throw Violation{"list: a message that was never delivered"};
    listing += (entry.deleted ? " -" : " ") + std::to_string(*id);
    const std::string wrong = account.model.learn(*id, entry.uid, to_number(entry.info.sequence));
    if (!wrong.empty()) throw Violation{"list: " + wrong};
    if (!(entry.deleted ? seen.deleted : seen.here).insert(*id).second)
      throw Violation{"list: a message is there twice"};
  }
  say("list of " + who(account.name) + ":" + listing);
  if (is_poisoned(office, account)) return;
  if (!account.model.observe(seen))
    throw Violation{"list of " + who(account.name) + ":" + listing + ";\nexpected " +
                    describe(account.model)};
}

}  // namespace restante::sim
