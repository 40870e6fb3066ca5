#include "server/start/opening.h"

#include "accounts/oauth/verifier.h"
#include "maildrop/doors/open.h"
#include "server/common/log.h"
#include "server/copies/copy_targets.h"
#include "server/elsewhere/homes.h"
#include "server/start/account_files.h"
#include "server/start/confinement.h"
#include "server/start/descriptors.h"
#include "server/start/installation.h"

namespace restante::server {
namespace {

void log_outage(const accounts::OutageNews& news) {
  using Kind = accounts::OutageNews::Kind;
  const std::string where = for_log(news.where);
  const std::string reason = for_log(news.reason);
  switch (news.kind) {
    case Kind::kDown:
      spdlog::error("accounts back end down where={} reason={}", where, reason);
      return;
    case Kind::kBack: spdlog::info("accounts back end answers again where={}", where); return;
    case Kind::kComplains:
      spdlog::error("accounts back end answers with an error where={} reason={}", where, reason);
      return;
  }
}

}  // namespace

Result<std::unique_ptr<accounts::Directory>> open_accounts(
    const settings::Config& config, const std::shared_ptr<Measures>& measures) {
  accounts::Settings settings = config.accounts;
  settings.report = [](const Error& error) {
    spdlog::error("accounts kept as they were reason={}", for_log(error.message()));
  };
  settings.read = log_account_file;
  settings.many_ask = true;
  settings.tell = [measures](const accounts::OutageNews& news) {
    measures->back_ends.tell(news);
    log_outage(news);
  };
  return accounts::open_directory(settings, system_clock());
}

Result<std::unique_ptr<accounts::TokenVerifier>> open_tokens(const settings::Config& config) {
  if (config.oauth.claims.issuer.empty()) return std::unique_ptr<accounts::TokenVerifier>();
  return accounts::oauth::make_token_verifier(oauth_settings(config), system_clock());
}

Result<std::unique_ptr<maildrop::Store>> open_store(
    const settings::Config& config, const std::shared_ptr<const LockPatience>& patience,
    PlaceWatch& place, disk::Disk& disk) {
  maildrop::StoreSettings settings = store_settings(config);
  settings.idle_maildrops_max = plan_descriptors(config).idle_maildrops;
  settings.patience = ask(patience);
  settings.place = &place;
  settings.report = [](const maildrop::Damage& damage) {
    spdlog::error("maildrop damage account={} offset={} what={}", for_log(damage.account),
                  damage.offset, for_log(damage.what));
  };
  return maildrop::open_store(disk, std::move(settings));
}

Result<std::unique_ptr<Outgoing>> start_outgoing(const settings::Config& config,
                                                 const process::Identity& user) {
  ConnectorPlan plan;
  plan.places = configured_places(config);
  for (FarPlace& place : copy_places(config.copies)) plan.places.push_back(std::move(place));
  plan.user = user;
  plan.sandbox = config.server.sandbox != settings::Sandbox::kOff;
  if (plan.places.empty()) return std::unique_ptr<Outgoing>();
  return Outgoing::start(plan);
}

Result<std::unique_ptr<PlaceWatch>> begin_place(const settings::Config& config,
                                                const std::string& found) {
  const InstallationPlaces places(config);
  RESTANTE_TRY(const Begun begun, begin_installation(places, found));
  if (begun.is_marked)
    spdlog::warn("data_dir {} path={} installation={}",
                 begun.is_new ? "is new: begins with no mail" : "of an earlier version: marked",
                 for_log(places.data_dir.native()), begun.id);
  if (!begun.witness)
    spdlog::warn(
        "no witness of data_dir: a start could not tell that its file system is gone; make the "
        "folder {} for the server's user, or set witness_dir reason={}",
        for_log(places.witness_dir.native()), for_log(begun.witness.error().detail));
  else if (witness_shares_fate(places))
    spdlog::warn(
        "the witness {} is on data_dir's own file system: a start could not tell that it is gone; "
        "set witness_dir to a folder of the server's user on the root file system",
        for_log(places.witness_dir.native()));
  auto place = std::make_unique<PlaceWatch>(places.data_dir, begun.id);
  // Missing maildrops may be mounted later: until then the store refuses everything.
  static_cast<void>(place->check());
  return place;
}

std::unique_ptr<journal::Journal> open_journal(const settings::Config& config) {
  if (!config.journal.enabled) return nullptr;
  journal::Limits limits = config.journal.limits();
  limits.free_min = 2 * config.maildrop.reserve;  // Leaves room for deletions.
  auto opened =
      journal::Journal::open(config.journal.folder(config.data_dir), limits, system_clock());
  if (opened) return std::move(*opened);
  spdlog::error("no journal is kept reason={}", for_log(opened.error().message()));
  return nullptr;
}

ClockGuard make_clock_guard(const std::filesystem::path& data_dir, maildrop::Store& store) {
  const std::filesystem::path path = data_dir / kClockFileName;
  // The store is asked only at a first start: it may have very many maildrops.
  const auto fallback = load_good_time(path) ? std::nullopt : store.last_written();
  return {path, fallback, [] {
            return ClockGuard::Moment{system_clock().now(), std::chrono::steady_clock::now()};
          }};
}

}  // namespace restante::server
