#include "server/settings/route.h"

#include "config/keys.h"
#include "server/settings/domains.h"

namespace restante::settings {
namespace {

using config::key;
using config::key_by;
using config::Plain;
using config::Value;

constexpr std::size_t kPinDigits = 64;

Result<config::FarAddress> far_pop3(const Value& value) {
  RESTANTE_TRY(const std::string address, config::text(value));
  return config::parse_far_pop3(address);
}

Result<config::FarAddress> far_lmtp(const Value& value) {
  RESTANTE_TRY(const std::string address, config::text(value));
  return config::parse_far_lmtp(address);
}

/// SHA-256s, with colons or without.
Result<std::vector<std::string>> pins(const Value& value) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  if (value.node.kind != config::Kind::kArray)
    return config::wrong_type("an array of SHA-256s", value.node);
  std::vector<std::string> out;
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(std::string pin, config::text(Value{item, value.base}));
    std::erase(pin, ':');
    const bool is_hash = pin.size() == kPinDigits && pin.find_first_not_of(kHex) == pin.npos;
    if (!is_hash)
      return config::wrong_value("must be SHA-256s of certificates, of 64 hex digits each");
    out.push_back(std::move(pin));
  }
  return out;
}

void set_pop3(FarServer& server, config::FarAddress address) { server.pop3 = std::move(address); }
void set_lmtp(FarServer& server, config::FarAddress address) { server.lmtp = std::move(address); }
void set_domains(FarServer& server, std::vector<std::string> names) {
  server.domains = std::move(names);
}
void set_pins(FarServer& server, std::vector<std::string> hashes) {
  server.pins = std::move(hashes);
}

}  // namespace

const config::Keys<FarServer>& route_keys() {
  static const config::Keys<FarServer> keys = {
      key_by<FarServer>("pop3", set_pop3, std::nullopt,
                        Plain(far_pop3, "`\"pop3s://host:port\"`, `\"pop3://host:port\"`"),
                        "Its POP3 server: with TLS at once (port 995), or by STLS (port 110), "
                        "without which only this machine is spoken to.")
          .required(),
      key_by<FarServer>("lmtp", set_lmtp, std::nullopt, Plain(far_lmtp, "`\"host:port\"`"),
                        "Who takes the mail of its accounts by LMTP (port 24), by STARTTLS unless "
                        "it is this machine. None: it is kept here."),
      key_by<FarServer>("domains", set_domains, std::nullopt, Plain(domains, "list of domains"),
                        "Whose accounts, and names without an account, are there unless a route of "
                        "their own says else."),
      key("ca_file", &FarServer::ca_file, config::kPath,
          "PEM: who may have signed its certificates. Read at the start.",
          "the system's authorities"),
      key_by<FarServer>("pins", set_pins, std::nullopt, Plain(pins, "list of SHA-256s"),
                        "One of them must be the certificate's; then authority, name and dates do "
                        "not count."),
      key("proxy_protocol", &FarServer::proxy_protocol, config::kBoolean,
          "It takes a PROXY header (version 2) with the client's address before all else."),
  };
  return keys;
}

}  // namespace restante::settings
