#include "server/upkeep/history_keeper.h"

#include "base/thread.h"
#include "server/common/log.h"
#include "server/measures/measures.h"
#include "server/measures/own_process.h"

namespace restante::server {
namespace {

using history::Measure;

constexpr auto kMinute = std::chrono::minutes(1);

std::uint64_t in_time(const Histogram& histogram, std::chrono::milliseconds most) {
  std::uint64_t out = 0;
  // Buckets whole: one that the bound lies in would be a guess.
  for (std::size_t i = 0; i < Histogram::kBounds.size() && Histogram::kBounds[i] <= most; ++i)
    out += histogram.in_bucket(i);
  return out;
}

using Counts = std::map<Measure, std::uint64_t>;

void count_logins(const Measures& measures, Counts& out) {
  out[Measure::kLoginsGood] =
      measures.logins(LoginEnd::kGood) + measures.logins(LoginEnd::kPassedOn);
  out[Measure::kLoginsRefused] = measures.logins(LoginEnd::kRefused);
  out[Measure::kLoginsFailed] = 0;
  for (const LoginEnd end : {LoginEnd::kWrong, LoginEnd::kInUse, LoginEnd::kTooSoon,
                             LoginEnd::kTemporary, LoginEnd::kPermanent})
    out[Measure::kLoginsFailed] += measures.logins(end);
  const Histogram& good = measures.logins_good;
  out[Measure::kLoginMicroseconds] = static_cast<std::uint64_t>(good.sum().count()) / 1000;
  out[Measure::kLoginsIn10Ms] = in_time(good, std::chrono::milliseconds(10));
  out[Measure::kLoginsIn100Ms] = in_time(good, std::chrono::milliseconds(100));
  out[Measure::kLoginsIn1S] = in_time(good, std::chrono::seconds(1));
}

void count_messages(const Services& services, Counts& out) {
  const Measures& measures = *services.measures;
  const auto retrieved = [&measures](Retrieval end) {
    return measures.retrievals[Measures::place(end)].value();
  };
  const std::uint64_t refused = retrieved(Retrieval::kDamaged) + retrieved(Retrieval::kFailed);
  out[Measure::kRetrievalsWhole] = retrieved(Retrieval::kWhole);
  out[Measure::kRetrievalsRefused] = refused;
  out[Measure::kRetrievalsAsked] =
      // A client that went away asked for it, and got a part.
      retrieved(Retrieval::kWhole) + retrieved(Retrieval::kCut) + refused;
  out[Measure::kDeliveriesDone] = out[Measure::kDeliveriesFailed] = 0;
  for (const auto& answers : measures.deliveries)
    for (std::size_t i = 0; i < answers.size(); ++i)
      out[i == 0 ? Measure::kDeliveriesDone : Measure::kDeliveriesFailed] += answers[i].value();
  out[Measure::kOctetsDelivered] = measures.octets_delivered.value();
  const Metrics& metrics = services.metrics;
  out[Measure::kOctetsRetrieved] = metrics.octets_retrieved.value();
  out[Measure::kMessagesDeleted] = metrics.messages_deleted.value();
  out[Measure::kMessagesExpired] = metrics.messages_expired.value();
  // Octets and messages alike only grow: the difference of two looks is a minute's.
  out[Measure::kOctetsDeleted] = metrics.octets_deleted.value();
  out[Measure::kDamageFound] = metrics.damage_found.value();
  out[Measure::kConnections] = metrics.connections_total.value();
  out[Measure::kConnectionsRefused] = metrics.connections_refused.value() +
                                      metrics.connections_refused_address.value() +
                                      metrics.connections_refused_rate.value();
}

/// All that only grows.
Counts counts_of(const Services& services) {
  Counts out;
  count_logins(*services.measures, out);
  count_messages(services, out);
  return out;
}

void add_state(const Services& services, std::vector<history::Value>& out) {
  const auto add = [&out](Measure measure, std::uint64_t value) {
    out.push_back({measure, static_cast<std::int64_t>(value)});
  };
  add(Measure::kSessionsOpen, services.measures->sessions_open.value());
  if (const auto memory = own_process().look().resident_bytes) add(Measure::kMemoryBytes, *memory);
  const auto storage = services.measures->storage.get();
  if (!storage) return;
  add(Measure::kLiveBytes, storage->live_bytes);
  add(Measure::kDeadBytes, storage->dead_bytes);
  add(Measure::kAsideBytes, storage->aside_bytes);
  add(Measure::kMessagesWaiting, storage->messages);
  add(Measure::kOctetsWaiting, storage->octets);
  add(Measure::kMaildrops, storage->maildrops);
}

}  // namespace

Status HistoryKeeper::start() {
  RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
  thread_ = std::move(thread);
  return ok();
}

void HistoryKeeper::stop() {
  wakeup_.stop();
  if (thread_.joinable()) thread_.join();
}

void HistoryKeeper::run() {
  begin();
  while (wakeup_.pause_until(std::chrono::steady_clock::now() + to_wait())) turn();
  turn();
}

void HistoryKeeper::begin() {
  before_ = counts_of(services_);
  since_ = stopwatch_();
  // The last of the disk is looked at before the file is made, not when it is full.
  if (const Status room = check_room(); !room) return lost(room.error());
  open();
}

std::chrono::milliseconds HistoryKeeper::to_wait() const {
  const auto now = services_.clock.now();
  // At the full minute: all rows have the same times.
  return std::chrono::floor<std::chrono::minutes>(now) + kMinute - now;
}

/// A broken file is kept for people, and a new one is begun.
void HistoryKeeper::open() {
  auto opened = history::History::open(file_);
  if (!opened && opened.error().code == Errc::kCorrupt) {
    spdlog::error("history: broken, kept as {}.broken and begun anew reason={}",
                  for_log(file_.native()), for_log(opened.error().message()));
    // What was kept of the years stays for a person with tools; the server goes on.
    if (const Status aside = history::set_aside(file_); !aside) return lost(aside.error());
    opened = history::History::open(file_);
  }
  if (!opened) return lost(opened.error());
  history_.emplace(std::move(*opened));
  if (std::exchange(fails_, false)) spdlog::info("history: goes on");
}

void HistoryKeeper::lost(const Error& why) {
  // It is tried again with the next minute.
  // A file that is busy or full is whole, and stays open.
  if (why.code == Errc::kCorrupt || why.code == Errc::kIo) history_.reset();
  if (!std::exchange(fails_, true))
    spdlog::warn("history: minutes are lost until it can be written reason={}",
                 for_log(why.message()));
}

/// The last of a disk is for mail.
Status HistoryKeeper::check_room() const {
  // A file system that cannot be asked is no reason to lose the minute.
  std::error_code failure;
  const auto space = std::filesystem::space(file_.parent_path(), failure);
  if (failure || space.available >= free_min_) return ok();
  return Error(Errc::kFull, "the disk has no room but for mail");
}

/// The history knows it best: in the maildrops themselves only a look at every record would tell.
void HistoryKeeper::measure_kept(WallTime now) {
  if (!undelete_window_ || !history_) return;
  const std::chrono::seconds window = undelete_window_();
  maildrop::Usage kept;
  // Nothing is kept where nothing can be undeleted.
  if (window == std::chrono::seconds(0)) return services_.measures->kept.set(kept);
  const auto sum = [&](Measure measure, std::uint64_t& out) {
    const history::Query query{measure, history::resolution_for(window), now - window, now};
    const auto points = history_->read(query);
    if (!points) return false;
    for (const history::Point& point : *points)
      out += static_cast<std::uint64_t>(point.value.value_or(0));
    return true;
  };
  const bool known = sum(Measure::kMessagesDeleted, kept.messages) &&
                     sum(Measure::kMessagesExpired, kept.messages) &&
                     sum(Measure::kOctetsDeleted, kept.octets);
  services_.measures->kept.set(known ? std::optional(kept) : std::nullopt);
}

void HistoryKeeper::turn() {
  const auto now = stopwatch_();
  const Counts counts = counts_of(services_);
  history::Sample sample;
  sample.end = services_.clock.now();
  // By the machine's clock, which no one sets: the wall clock would make a minute of an hour.
  sample.seconds = std::chrono::round<std::chrono::seconds>(now - since_);
  for (const auto& [measure, count] : counts)
    sample.values.push_back({measure, static_cast<std::int64_t>(count - before_[measure])});
  add_state(services_, sample.values);
  // Before the checks below: a minute that is lost must not be counted in the next.
  since_ = now;
  before_ = counts;
  if (const Status room = check_room(); !room) return lost(room.error());
  if (!history_) open();
  if (!history_) return;
  const Status added = history_->add(sample);
  if (!added) return lost(added.error());
  measure_kept(sample.end);
  if (std::exchange(fails_, false)) spdlog::info("history: goes on");
}

}  // namespace restante::server
