// How settings and accounts are read anew while the server runs.
#include "server/common/log.h"
#include "server/control/changed_keys.h"
#include "server/start/state.h"

namespace restante::server {

control::ReloadReport Server::State::reload() {
  const std::lock_guard alone(reloading);
  control::ReloadReport report;
  settings::LoadResult loaded = source.load();
  if (const Status there = place->check(); !there) {
    report.kept = control::words_of(there.error());
    spdlog::error("reload: all kept as it was reason={}", for_log(report.kept));
    return report;
  }
  if (const Status accounts_read = directory->reload(); !accounts_read) {
    report.accounts_kept = control::words_of(accounts_read.error());
    spdlog::error("reload: accounts kept as they were reason={}", for_log(report.accounts_kept));
  }
  // A changed or removed password must not be answered from memory.
  authenticator.forget();
  take(std::move(loaded), report);
  if (!report.kept.empty()) return report;
  spdlog::info("reloaded: new connections use it{}", control::to_log(report));
  return report;
}

void Server::State::take(settings::LoadResult loaded, control::ReloadReport& report) {
  report.mistakes = std::move(loaded.mistakes);
  if (!loaded.config) {
    report.kept = "the configuration has mistakes";
    return;
  }
  // Whether tokens are checked was settled at the start.
  auto fresh = make_settings(*loaded.config, tokens ? Tokens::kChecked : Tokens::kRefused);
  if (!fresh) {
    report.kept = control::words_of(fresh.error());
    spdlog::error("reload: settings kept as they were reason={}", for_log(report.kept));
    return;
  }
  report.certificates_changed = (*fresh)->tls_stamps != settings.get()->tls_stamps;
  for (std::string& key : control::changed_keys(root, loaded.root))
    if (!control::needs_restart(key)) report.changed.push_back(std::move(key));
  for (std::string& key : control::changed_keys(source.root, loaded.root))
    if (control::needs_restart(key)) report.needs_restart.push_back(std::move(key));
  root = std::move(loaded.root);
  put_in_force(std::move(*fresh));
}

void Server::State::put_in_force(SettingsPtr fresh) {
  patience->set(fresh->config.maildrop.lock_timeout);
  settings.set(std::move(fresh));
  for (Acceptor& acceptor : acceptors) acceptor.reconsider();
  look_for_lost_peers();
  upkeep.reconsider();
  scrub.reconsider();
  housekeeping.reconsider();
  alarms->reconsider();
}

}  // namespace restante::server
