#include "server/elsewhere/homes.h"

#include <fmt/format.h>

#include <iterator>
#include <mutex>
#include <unordered_map>

#include "accounts/names/names.h"

namespace restante::server {
namespace {

// More than the devices of one owner that come at the same moment.
constexpr std::size_t kSessionsOfAccount = 8;

FarPlace place_of(const config::FarAddress& address) { return {address.host, address.port}; }

Result<std::shared_ptr<net::TlsClientContext>> tls_for(const settings::FarServer& server,
                                                       const config::FarAddress& address) {
  net::TlsClientSettings settings;
  settings.server_name = address.host;
  settings.ca_file = server.ca_file;
  // Its own for each place: one may have a certificate that was pinned, another an authority of its
  // own.
  settings.pins = server.pins;
  auto loaded = net::TlsClientContext::load(settings);
  if (!loaded) loaded.error().detail = "route: " + loaded.error().detail;
  return loaded;
}

Result<std::unique_ptr<FarServer>> make_server(const settings::FarServer& server) {
  auto out = std::make_unique<FarServer>();
  out->name = config::far_pop3_text(server.pop3);
  out->place = place_of(server.pop3);
  out->implicit_tls = server.pop3.implicit_tls;
  out->proxy_protocol = server.proxy_protocol;
  RESTANTE_TRY(auto tls, tls_for(server, server.pop3));
  out->tls = std::move(tls);
  return out;
}

Result<std::unique_ptr<FarIntake>> make_intake(const settings::FarServer& server) {
  auto out = std::make_unique<FarIntake>();
  out->name = config::far_lmtp_text(*server.lmtp);
  out->place = place_of(*server.lmtp);
  RESTANTE_TRY(auto tls, tls_for(server, *server.lmtp));
  out->tls = std::move(tls);
  return out;
}

template <typename Map>
auto* find_in(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second.get();
}

template <typename Servers>
void add(Exposition& page, const MetricFamily& family, const Servers& servers, auto counter) {
  page.begin(family);
  for (const auto& [name, server] : servers)
    page.row({{"route", name}}, ((*server).*counter).value());
}

}  // namespace

struct Homes::Sessions {
  std::mutex mutex;
  std::unordered_map<std::string, std::size_t> of_account;
};

Homes::Homes() : sessions_(std::make_shared<Sessions>()) {}

Result<std::unique_ptr<Homes>> Homes::load(const std::vector<settings::FarServer>& servers) {
  std::unique_ptr<Homes> out(new Homes());
  for (const settings::FarServer& server : servers) {
    Home home;
    RESTANTE_TRY(auto made, make_server(server));
    home.server = made.get();
    const std::string name = made->name;
    out->servers_.emplace(name, std::move(made));
    if (server.lmtp) {
      // Several routes may hand on to one place: its connections and figures are one.
      auto& intake = out->intakes_[config::far_lmtp_text(*server.lmtp)];
      if (!intake) {
        RESTANTE_TRY(auto made_intake, make_intake(server));
        intake = std::move(made_intake);
      }
      home.intake = intake.get();
    }
    for (const std::string& domain : server.domains) out->domains_.emplace(domain, home);
  }
  return out;
}

Result<std::optional<Home>> Homes::of_account(const accounts::Account& account) const {
  return of_route(account.route.get(), account.shown_name());
}

Result<std::optional<Home>> Homes::of_route(const accounts::Route* own,
                                            std::string_view called) const {
  // An account's own route goes before its domain's.
  if (own == nullptr) return of_name(called);
  const accounts::Route& route = *own;
  // "Here" is a route, too: it takes an account out of its domain's.
  if (route.pop3 == kHere) return std::optional<Home>();
  Home home;
  std::string_view pop3 = route.pop3;
  home.is_left = pop3.starts_with(accounts::kMovingFrom);
  // Half moved: its mail is here, and some still there.
  if (home.is_left) pop3.remove_prefix(accounts::kMovingFrom.size());
  home.server = find_in(servers_, pop3);
  if (home.server == nullptr)
    return Error(Errc::kState, "no [[route]] of the configuration has pop3 = \"" +
                                   std::string(pop3) + "\", where " + std::string(called) + " is");
  if (route.lmtp.empty()) return std::optional(home);
  home.intake = find_in(intakes_, route.lmtp);
  if (home.intake == nullptr)
    return Error(Errc::kState, "no [[route]] of the configuration has lmtp = \"" + route.lmtp +
                                   "\", where the mail of " + std::string(called) + " goes");
  return std::optional(home);
}

std::optional<Home> Homes::of_name(std::string_view name) const {
  if (domains_.empty()) return std::nullopt;
  const auto found = domains_.find(accounts::domain_of(name));
  if (found == domains_.end()) return std::nullopt;
  return found->second;
}
// By the domain of the name as it was said: a name without one belongs to no other server.

std::shared_ptr<const void> Homes::enter(const std::string& account) const {
  const std::lock_guard lock(sessions_->mutex);
  std::size_t& count = sessions_->of_account[account];
  // The other server has one session a maildrop: more of them wait there, and each costs two
  // connections here.
  if (count >= kSessionsOfAccount) return nullptr;
  ++count;
  // The counts are shared, because a session may outlive this object.
  const auto leave = [sessions = sessions_, account](const void* /*nothing*/) {
    const std::lock_guard lock(sessions->mutex);
    const auto found = sessions->of_account.find(account);
    if (--found->second == 0) sessions->of_account.erase(found);
  };
  return {static_cast<const void*>(this), leave};
}

void Homes::write(Exposition& page) const {
  constexpr MetricType kCounter = MetricType::kCounter;
  // A server without routes has no rows for them.
  if (servers_.empty()) return;
  add(page,
      {"restante_routed_sessions_total", kCounter,
       "POP3 sessions passed on to where their account is."},
      servers_, &FarServer::sessions);
  add(page,
      {"restante_routed_sessions_failed_total", kCounter,
       "POP3 logins that could not be asked there."},
      servers_, &FarServer::failures);
  if (intakes_.empty()) return;
  add(page, {"restante_routed_mails_total", kCounter, "Recipients whose mail was handed on."},
      intakes_, &FarIntake::mails);
  add(page,
      {"restante_routed_mails_failed_total", kCounter,
       "Recipients whose mail was not taken there."},
      intakes_, &FarIntake::failures);
}

std::vector<FarPlace> configured_places(const settings::Config& config) {
  std::vector<FarPlace> out;
  for (const settings::FarServer& server : config.route) {
    out.push_back(place_of(server.pop3));
    if (server.lmtp) out.push_back(place_of(*server.lmtp));
  }
  return out;
}

}  // namespace restante::server
