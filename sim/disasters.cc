// What befalls the simulated maildrops: power loss, kills, lost and foreign indexes, damage; and
// the checks that belong to recovery.
#include <algorithm>

#include "sim/records.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

void flip(char& byte, std::uint64_t bit) {
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
}

void flip_anywhere(std::string& bytes, Rng& rng) {
  const std::uint64_t bit = rng.below(8);  // Named seeds count on the order of these two.
  flip(bytes[rng.below(bytes.size())], bit);
}

}  // namespace

void Simulation::lose_power() {
  machine_.crash();
  for (Account& account : accounts_) {
    const auto log = machine_.content(account.paths.log);
    account.model.lose_power(log && !map_log(*log));
  }
  open_offices();
  say("the power is lost");
  if (rng_.one_in(3)) return;  // Recovery happens along with what comes next.
  recover();
}

void Simulation::kill(Office& office) {
  machine_.kill(*office.process);
  shut(office);
  office = make_office();
  say("a process is killed");
}

void Simulation::restart() {
  Office& office = any_office();
  office.clients.clear();
  const Attempt before = attempt(office, "close");
  const Status closed = office.store->close();
  say("a process ends: " + (closed ? std::string("ok") : closed.error().message()));
  if (settle_stop()) return;
  if (!closed && machine_.faults() == before.faults)
    throw Violation{"close fails without a fault: " + closed.error().message()};
  shut(office);
  machine_.kill(*office.process);
  office = make_office();
}

/// Opens everything after a power loss; the power may go again meanwhile, once or twice.
void Simulation::recover() {
  recovering_ = true;
  if (mix_.stop_percent > 0 && rng_.one_in(2)) plan_stop(4);
  Office& office = any_office();
  for (Account& account : accounts_) {
    if (account.header_lost) continue;
    Client* client = open_session(office, account, choose_view(office, account));
    if (client && rng_.one_in(2))
      for (std::uint32_t i = 1; i <= client->session->count() && !office.process->dead; ++i)
        read_message(office, *client, MessageNumber{i});
    if (machine_.stopped()) {
      coverage_.count(Section::kFault, "stopped in recovery");
      (void)settle_stop();
      break;
    }
    if (client) office.clients.pop_back();
  }
  recovering_ = false;
}

/// Opens every maildrop and compares; the logs' bytes. Without faults.
std::vector<std::string> Simulation::survey(bool read_all) {
  std::vector<std::string> logs;
  for (Account& account : accounts_) {
    if (account.header_lost) continue;
    survey_views(any_office(), account, read_all);
    check_kept(account);
    logs.push_back(machine_.content(account.paths.log).value_or("none"));
  }
  return logs;
}

void Simulation::survey_views(Office& office, Account& account, bool read_all) {
  if (mix_.views) look_at_views(office, account);
  for (const View view : account.model.sure_views()) {
    Client* const client = open_session(office, account, view);
    if (client == nullptr) continue;
    if (read_all)
      for (std::uint32_t i = 1; i <= client->session->count(); ++i)
        read_message(office, *client, MessageNumber{i});
    office.clients.pop_back();
  }
}

/// Recovery and repair throw nothing away: it is in the log still, or beside it.
void Simulation::check_kept(const Account& account) const {
  const std::string log = machine_.content(account.paths.log).value_or("");
  const std::string aside = machine_.content(account.paths.aside).value_or("");
  for (const std::string& bytes : account.to_be_kept) {
    const bool is_zero = bytes.find_first_not_of('\0') == std::string::npos;
    if (!is_zero && log.find(bytes) == std::string::npos && aside.find(bytes) == std::string::npos)
      throw Violation{"damaged bytes were thrown away"};
  }
}

/// Recovery, and recovery again: the second changes nothing.
void Simulation::check_twice() {
  machine_.stop_nothing();
  machine_.set_faults(false);
  machine_.set_full(false);
  say("recovery, twice");
  open_offices();
  const std::vector<std::string> first = survey(rng_.one_in(2));
  if (rng_.one_in(2))
    for (Office& office : offices_)
      if (const Status closed = office.store->close(); !closed)
        throw Violation{"close fails without a fault: " + closed.error().message()};
  open_offices();
  const std::vector<std::string> second = survey(true);
  for (std::size_t i = 0; i < first.size(); ++i)
    if (first[i] != second[i]) throw Violation{"the second recovery changed the log"};
  machine_.set_faults(true);
  machine_.set_full(full_);
}

/// An index may be anything at any time.
void Simulation::tamper_with_index() {
  Account& account = any_account();
  const std::string& path = account.paths.index;
  std::string bytes = machine_.content(path).value_or("");
  std::string what;
  switch (rng_.below(5)) {
    case 0:
      machine_.remove(path);
      what = "index lost";
      break;
    case 1:
      bytes.resize(rng_.below(bytes.size() + 1));
      machine_.put_content(path, bytes);
      what = "index cut short";
      break;
    case 2:
      if (bytes.empty()) return;
      flip_anywhere(bytes, rng_);
      machine_.put_content(path, bytes);
      what = "index damaged";
      break;
    case 3:
      if (account.old_indexes.empty() || rng_.one_in(2)) {
        if (!bytes.empty()) account.old_indexes.push_back(bytes);
        return;
      }
      machine_.put_content(path, account.old_indexes[rng_.below(account.old_indexes.size())]);
      what = "old index";
      break;
    default:
      machine_.put_content(path, machine_.content(any_account().paths.index).value_or("junk"));
      what = "foreign index";
      break;
  }
  coverage_.count(Section::kFault, what);
  say(what + " of " + account.name.substr(0, 20));
}

// Damage at rest.

void Simulation::damage() {
  Account& account = any_account();
  if (account.damaged) return;
  const bool hits_newest = damage_log(account);
  // A process does not notice that another one took its newest record for a torn append and put one
  // of the same size in its place.
  if (offices_.size() > 1 && (!mix_.live_damage || hits_newest)) open_offices();
  if (account.header_lost) check_refused(account);
}

/// A log without a header is refused and left alone by every call. No promise is left for it.
void Simulation::check_refused(Account& account) {
  machine_.stop_nothing();
  machine_.set_faults(false);
  machine_.set_full(false);
  open_offices();
  const auto before = machine_.content(account.paths.log);
  const auto session = any_office().store->open(account.name, maildrop::View::kDefault);
  if (session || session.error().code != Errc::kCorrupt)
    throw Violation{"a log without a header was opened"};
  if (machine_.content(account.paths.log) != before)
    throw Violation{"a log without a header was changed"};
  machine_.set_faults(true);
  machine_.set_full(full_);
}

/// True when it hit the newest record.
bool Simulation::damage_log(Account& account) {
  const std::string log = machine_.content(account.paths.log).value_or("");
  const std::optional<LogMap> map = map_log(log);
  if (!map || map->records.empty()) return false;
  account.damaged = true;
  std::string after = log;
  for (std::uint64_t places = rng_.between(1, 3); places > 0; --places) {
    const std::uint64_t at =
        rng_.one_in(3) && !map->records.empty()
            ? map->records[rng_.below(map->records.size())].offset + rng_.below(56)
            : rng_.below(after.size());
    if (rng_.one_in(3)) {
      // A sector that was meant for another place; perhaps it is missing there.
      const std::uint64_t from = rng_.below(after.size()) / kSectorBytes * kSectorBytes;
      const std::uint64_t to = at / kSectorBytes * kSectorBytes;
      const std::string sector = after.substr(from, kSectorBytes);
      if (rng_.one_in(2)) after.replace(from, sector.size(), sector.size(), '\0');
      after.replace(to, std::min(sector.size(), after.size() - to),
                    sector.substr(0, std::min(sector.size(), after.size() - to)));
      coverage_.count(Section::kFault, "misdirected sector");
    } else {
      flip(after[at], rng_.below(8));
      coverage_.count(Section::kFault, "flipped bit");
    }
  }
  machine_.damage(account.paths.log, 0, after);

  const auto is_hit = [&](std::uint64_t from, std::uint64_t to) {
    return log.compare(from, to - from, after, from, to - from) != 0;
  };
  account.header_lost =
      is_hit(0, map->header_bytes) && is_hit(map->header_bytes, 2 * map->header_bytes);
  if (account.header_lost) coverage_.count(Section::kFault, "log header lost");
  std::string listing;
  for (const RecordSpot& record : map->records) {
    if (!is_hit(record.offset, record.end)) continue;
    listing += " " + std::to_string(record.offset);
    // A power loss may still take a file that was never synced, or whose name never was.
    if (machine_.is_synced(account.paths.log))
      account.to_be_kept.push_back(after.substr(record.offset, record.end - record.offset));
    coverage_.count(Section::kFault, record.type == 1 ? "message hit" : "other record hit");
    account.retrieval_unsure |= record.type == 3;
    account.model.views_loose |= record.type == 6 || record.type == 7;
    for (MessageFacts& facts : account.model.messages) {
      if (record.type == 1)
        facts.hit |= facts.arrived.time_since_epoch().count() == record.time;
      else
        for (const auto& [first, last] : record.ranges)  // 0: its number is not learnt yet.
          facts.loose |= facts.sequence == 0 || (facts.sequence >= first && facts.sequence <= last);
    }
  }
  say("damage to the log of " + account.name.substr(0, 20) + ", records at" + listing +
      (account.header_lost ? ", header lost" : ""));
  return is_hit(map->records.back().offset, map->records.back().end);
}

/// The last word: everything is opened and read once more, and still takes mail.
void Simulation::finish() {
  machine_.stop_nothing();
  full_ = false;
  if (rng_.one_in(2)) lose_power();
  check_twice();
  machine_.set_faults(false);
  for (Account& account : accounts_) {
    if (account.header_lost) continue;
    deliver_to(any_office(), account, 1);
  }
  (void)survey(true);
}

}  // namespace restante::sim
