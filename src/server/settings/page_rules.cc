#include "server/settings/page_rules.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/ip.h"
#include "files/readable.h"
#include "server/settings/page_token.h"

namespace restante::settings {
namespace {

using config::find;
using config::Kind;
using config::Mistakes;
using config::Node;

int line_in(const Node& table, std::string_view key) {
  const Node* const node = find(table, key);
  return node == nullptr ? table.line : node->line;
}

/// A tool that runs without the server's rights does well without a secret.
bool is_closed_to(const std::filesystem::path& path, Purpose purpose) {
  return purpose == Purpose::kTools && ::eaccess(path.c_str(), R_OK) != 0 && errno == EACCES;
}

/// Only users of this machine reach it.
bool is_local(const config::Address& address) {
  if (!address.unix_path.empty()) return true;
  const auto host = IpAddress::parse(address.host);
  return host &&
         (IpNetwork::loopback_v4().contains(*host) || IpNetwork::loopback_v6().contains(*host));
}

void check_token_file(const Node& table, const Listen& listen, Purpose purpose,
                      Mistakes& mistakes) {
  if (listen.token_file.empty()) return;
  const auto wrong = [&](std::string_view text) {
    mistakes.add(line_in(table, "token_file"), "listen.token_file", text);
  };
  if (listen.tls != TlsMode::kImplicit)
    return wrong("goes with tls = \"implicit\": a token must not be read on its way");
  if (!listen.serve.status && !listen.serve.metrics)
    return wrong("opens the page, /status and /metrics, and this listener has none of them");
  if (is_closed_to(listen.token_file, purpose)) return;
  if (const auto token = PageToken::read(listen.token_file); !token) wrong(token.error().detail);
}

void check_listener(const Node& table, const Listen& listen, bool has_settings, Purpose purpose,
                    Mistakes& mistakes) {
  const auto wrong = [&](std::string_view text) {
    mistakes.add(line_in(table, "serve"), "listen.serve", text);
  };
  if (listen.protocol != Protocol::kHttp) {
    if (find(table, "serve") != nullptr) wrong("goes with protocol = \"http\"");
    if (!listen.token_file.empty())
      mistakes.add(line_in(table, "token_file"), "listen.token_file",
                   "goes with protocol = \"http\"");
    return;
  }
  check_token_file(table, listen, purpose, mistakes);
  if (!listen.serve.autoconfig) return;
  if (!has_settings)
    wrong("\"autoconfig\" needs an [autoconfig] table, which says for which domains");
  if ((listen.serve.status || listen.serve.metrics) && !is_local(listen.address))
    wrong("\"autoconfig\" is for everybody, and stands alone unless the address is on loopback");
}

/// The port of the first POP3 listener with that TLS; its usual one where another program opens the
/// socket or the system chooses.
std::uint16_t listening_port(const Config& config, TlsMode tls, std::uint16_t usual) {
  for (const Listen& listen : config.listen) {
    if (listen.protocol != Protocol::kPop3 || listen.tls != tls) continue;
    if (!listen.address.unix_path.empty()) continue;
    return listen.address.port == 0 ? usual : listen.address.port;
  }
  return 0;
}

void complete(Config& config) {
  constexpr std::uint16_t kPop3sPort = 995;
  constexpr std::uint16_t kPop3Port = 110;
  autoconfig::Settings& settings = config.autoconfig;
  if (settings.hostname.empty()) settings.hostname = config.hostname;
  if (!settings.pop3s_port)
    settings.pop3s_port = listening_port(config, TlsMode::kImplicit, kPop3sPort);
  if (!settings.pop3_port)
    settings.pop3_port = listening_port(config, TlsMode::kStarttls, kPop3Port);
}

void check_settings(const Node& table, Purpose purpose, const Config& config, Mistakes& mistakes) {
  const autoconfig::Settings& settings = config.autoconfig;
  const auto wrong = [&](std::string_view key, std::string_view text) {
    mistakes.add(line_in(table, key), fmt::format("autoconfig.{}", key), text);
  };
  const Node* const domains = find(table, "domains");
  if (domains != nullptr && domains->kind == Kind::kArray && domains->items.empty())
    wrong("domains", "must name a domain, as in [\"example.com\"]");
  if (!config.listen.empty() && settings.pop3s_port == 0 && settings.pop3_port == 0)
    wrong("pop3s_port", "there is no port to name: no pop3 listener has TLS, and no key names one");
  const bool has_certificate = !settings.profile_certificate.empty();
  if (has_certificate != !settings.profile_key.empty())
    wrong(has_certificate ? "profile_certificate" : "profile_key",
          "profile_certificate and profile_key go together");
  const auto check = [&](std::string_view key, const std::filesystem::path& path) {
    if (path.empty() || is_closed_to(path, purpose)) return;
    const std::string why = files::why_unreadable(path);
    if (!why.empty()) wrong(key, fmt::format("cannot read {}: {}", path.string(), why));
  };
  check("profile_certificate", settings.profile_certificate);
  check("profile_key", settings.profile_key);
}

}  // namespace

void apply_pages(const Node& root, Purpose purpose, Config& config, Mistakes& mistakes) {
  const Node* const table = find(root, "autoconfig");
  const bool has_settings = table != nullptr && table->kind == Kind::kTable;
  const Node* const listeners = find(root, "listen");
  for (std::size_t i = 0; i < config.listen.size(); ++i)
    check_listener(listeners->items[i], config.listen[i], has_settings, purpose, mistakes);
  if (!has_settings) return;
  complete(config);
  check_settings(*table, purpose, config, mistakes);
}

}  // namespace restante::settings
