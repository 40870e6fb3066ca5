#include "restantectl/accounts/route_words.h"

#include <algorithm>

#include "accounts/names/names.h"
#include "server/elsewhere/homes.h"

namespace restante::ctl {
namespace {

std::string text_of(const std::string& pop3, const std::string& lmtp) {
  return pop3 + (lmtp.empty() ? ", mail is kept here" : ", mail by " + lmtp);
}

std::string lmtp_of(const settings::FarServer& server) {
  return server.lmtp ? config::far_lmtp_text(*server.lmtp) : std::string();
}

Error not_configured(const std::string& key, const std::string& text) {
  return Error(Errc::kNotFound, "no [[route]] of the configuration has " + key + " = \"" + text +
                                    "\": the server connects to no other place; add one, and "
                                    "restart it");
}

}  // namespace

Result<std::shared_ptr<const accounts::Route>> route_of(const settings::Config& config,
                                                        const std::string& place,
                                                        const std::string& lmtp) {
  auto out = std::make_shared<accounts::Route>();
  if (place == server::kHere) {
    if (!lmtp.empty()) return Error(Errc::kSyntax, "--lmtp goes with a server");
    out->pop3 = server::kHere;
    return std::shared_ptr<const accounts::Route>(out);
  }
  RESTANTE_TRY(const config::FarAddress address, config::parse_far_pop3(place));
  out->pop3 = config::far_pop3_text(address);
  const auto& servers = config.route;
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [&](const auto& one) { return one.pop3 == address; });
  if (found == servers.end()) return not_configured("pop3", out->pop3);
  if (lmtp.empty()) out->lmtp = lmtp_of(*found);
  if (lmtp.empty() || lmtp == server::kHere) return std::shared_ptr<const accounts::Route>(out);
  RESTANTE_TRY(const config::FarAddress intake, config::parse_far_lmtp(lmtp));
  out->lmtp = config::far_lmtp_text(intake);
  const bool known = std::any_of(servers.begin(), servers.end(),
                                 [&](const auto& one) { return lmtp_of(one) == out->lmtp; });
  if (!known) return not_configured("lmtp", out->lmtp);
  return std::shared_ptr<const accounts::Route>(out);
}

std::string route_text(const settings::Config& config, const accounts::Route* route,
                       const std::string& account) {
  if (route != nullptr && route->pop3 == server::kHere) return std::string(server::kHere);
  if (route != nullptr) return text_of(route->pop3, route->lmtp);
  const std::string_view domain = accounts::domain_of(account);
  for (const settings::FarServer& server : config.route)
    if (std::find(server.domains.begin(), server.domains.end(), domain) != server.domains.end())
      return "(" + text_of(config::far_pop3_text(server.pop3), lmtp_of(server)) + ")";
  return "-";
}

}  // namespace restante::ctl
