#include "server/settings/rules.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>

#include "config/values.h"
#include "files/readable.h"
#include "sasl/mechanism_table.h"
#include "server/settings/page_rules.h"
#include "server/settings/places.h"

namespace restante::settings {
namespace {

using config::find;
using config::Kind;
using config::Mistakes;
using config::Node;

/// The common part of all rules: the document for its lines, and the list of mistakes.
struct Rules {
  const Node& root;
  Purpose purpose;
  Mistakes& mistakes;
};

/// The line of `key` in `table`, or the table's own when the key is not there.
int line_of(const Node& table, std::string_view key) {
  const Node* node = find(table, key);
  return node == nullptr ? table.line : node->line;
}

/// The machine's name; "localhost" when it has none that may stand in a greeting.
std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  Node node;
  node.kind = Kind::kString;
  node.text = name.data();
  const std::filesystem::path nowhere;
  return config::host_name(config::Value{node, nowhere}).value_or("localhost");
}

/// Why `path` cannot be read; empty when it can.
std::string why_unreadable(const std::filesystem::path& path, Purpose purpose) {
  // A tool that runs without the server's rights does not need the private key.
  if (purpose == Purpose::kTools && ::eaccess(path.c_str(), R_OK) != 0 && errno == EACCES)
    return "";
  return files::why_unreadable(path);
}

/// The same of a certificate's file, with the way out.
std::string why_no_certificate(const std::filesystem::path& path, Purpose purpose) {
  std::string why = why_unreadable(path, purpose);
  if (why.find(" may not ") != std::string::npos)
    why +=
        "; give it to a group of that user, or let a deploy hook copy it: docs/operating.md, "
        "Certificates";
  return why;
}

/// `name` is the dotted name of the table.
void check_readable(const Rules& rules, const Node& table, std::string_view name,
                    const net::CertificateFiles& pair) {
  const auto check = [&](std::string_view key, const std::filesystem::path& path) {
    if (path.empty()) return;  // Missing or wrong: reported before.
    const std::string why = why_no_certificate(path, rules.purpose);
    if (why.empty()) return;
    rules.mistakes.add(line_of(table, key), fmt::format("{}.{}", name, key),
                       fmt::format("cannot read {}: {}", path.string(), why));
  };
  check("certificate", pair.certificate);
  check("private_key", pair.private_key);
}

/// [tls]'s own two keys: both or none, and not none when there are [[tls.sni]] tables.
void check_own_certificate(const Rules& rules, const Node& tls, bool has_sni) {
  const bool certificate = find(tls, "certificate") != nullptr;
  const bool private_key = find(tls, "private_key") != nullptr;
  if (certificate && !private_key)
    rules.mistakes.add(line_of(tls, "certificate"), "tls.private_key",
                       "is missing; a certificate needs its private key");
  if (private_key && !certificate)
    rules.mistakes.add(line_of(tls, "private_key"), "tls.certificate",
                       "is missing; a private key needs its certificate");
  if (has_sni && !certificate && !private_key)
    rules.mistakes.add(tls.line, "tls.certificate",
                       "is missing; clients that name no host get this one, not a [[tls.sni]]");
}

/// The files that clients' certificates are checked with.
void check_client_files(const Rules& rules, const Node& table, const net::TlsSettings& tls) {
  const auto check = [&](std::string_view key, const std::filesystem::path& path) {
    const std::string why = path.empty() ? "" : why_unreadable(path, rules.purpose);
    if (!why.empty())
      rules.mistakes.add(line_of(table, key), fmt::format("tls.{}", key),
                         fmt::format("cannot read {}: {}", path.string(), why));
  };
  check("client_ca", tls.client_ca);
  check("client_crl", tls.client_crl);
  if (!tls.client_crl.empty() && tls.client_ca.empty())
    rules.mistakes.add(line_of(table, "client_crl"), "tls.client_crl",
                       "needs tls.client_ca, which says whose certificates to trust");
}

void apply_auth(const Rules& rules, const Config& config) {
  const auto& names = config.auth.mechanisms;
  const auto missing = [&](sasl::CredentialKind taken) -> std::string_view {
    if (taken == sasl::CredentialKind::kCertificate && config.tls.client_ca.empty())
      return "tls.client_ca, which says whose certificates to trust";
    if (taken == sasl::CredentialKind::kToken && find(rules.root, "oauth") == nullptr)
      return "an [oauth] table, which says whose tokens to trust";
    return {};
  };
  for (const sasl::MechanismInfo& mechanism : sasl::server_mechanisms()) {
    const std::string_view what = missing(mechanism.takes);
    if (what.empty() || std::find(names.begin(), names.end(), mechanism.name) == names.end())
      continue;
    rules.mistakes.add(line_of(*find(rules.root, "auth"), "mechanisms"), "auth.mechanisms",
                       fmt::format("{} needs {}", mechanism.name, what));
  }
}

void apply_tls(const Rules& rules, net::TlsSettings& tls) {
  const Node* table = find(rules.root, "tls");
  if (table != nullptr) check_client_files(rules, *table, tls);
  if (table == nullptr || tls.certificates.empty()) return;
  const Node* sni = find(*table, "sni");
  check_own_certificate(rules, *table, sni != nullptr);
  check_readable(rules, *table, "tls", tls.certificates.front());
  if (sni == nullptr) return;
  for (std::size_t i = 1; i < tls.certificates.size(); ++i)
    check_readable(rules, sni->items[i - 1], "tls.sni", tls.certificates[i]);
}

/// Why this listener cannot have that TLS; empty when it can.
std::string_view tls_conflict(const Listen& listen) {
  if (listen.tls == TlsMode::kNone) return {};
  if (!listen.address.unix_path.empty()) return "a unix socket has no TLS; write \"none\"";
  if (listen.protocol == Protocol::kHttp && listen.tls == TlsMode::kStarttls)
    return "http has no STARTTLS; write \"implicit\" or \"none\"";
  return {};
}

void apply_listener(const Rules& rules, const Node& table, Listen& listen) {
  const bool plain_by_nature =
      !listen.address.unix_path.empty() || listen.protocol == Protocol::kHttp;
  if (find(table, "tls") == nullptr && plain_by_nature) listen.tls = TlsMode::kNone;
  if (const auto conflict = tls_conflict(listen); !conflict.empty())
    rules.mistakes.add(line_of(table, "tls"), "listen.tls", conflict);
  if (!listen.address.unix_path.empty()) return;
  for (const std::string_view key : {"mode", "group"})
    if (find(table, key) != nullptr)
      rules.mistakes.add(line_of(table, key), fmt::format("listen.{}", key),
                         "goes with a unix socket's address only");
}

void check_proxy(const Rules& rules, const Node& table, const Listen& listen) {
  if (listen.proxy_protocol && !listen.address.unix_path.empty())
    rules.mistakes.add(line_of(table, "proxy_protocol"), "listen.proxy_protocol",
                       "is not for a unix socket");
  else if (listen.proxy_protocol && listen.proxy_networks.empty())
    rules.mistakes.add(line_of(table, "proxy_protocol"), "listen.proxy_networks",
                       "is missing; say which proxies are believed, as in [\"192.0.2.7\"]");
  if (find(table, "proxy_networks") == nullptr) return;
  const auto wrong = [&](std::string_view text) {
    rules.mistakes.add(line_of(table, "proxy_networks"), "listen.proxy_networks", text);
  };
  if (!listen.address.unix_path.empty())
    wrong("is not for a unix socket: who connects there has no address");
  else if (!listen.proxy_protocol && listen.protocol == Protocol::kHttp)
    wrong("goes with proxy_protocol = true: http has no XCLIENT");
}

/// The rules for the peers of this listener alone.
void check_peers(const Rules& rules, const Node& table, const Listen& listen) {
  const auto wrong = [&](std::string_view key, std::string_view text) {
    rules.mistakes.add(line_of(table, key), fmt::format("listen.{}", key), text);
  };
  const bool unix_socket = !listen.address.unix_path.empty();
  if (unix_socket && find(table, "networks") != nullptr)
    wrong("networks", "is not for a unix socket: who connects there has no address");
  const bool takes_mail = listen.protocol == Protocol::kLmtp || listen.protocol == Protocol::kSmtp;
  if (find(table, "uid_networks") != nullptr && (unix_socket || !takes_mail))
    wrong("uid_networks", unix_socket
                              ? "is not for a unix socket: who connects there has no address"
                              : "goes with protocol = \"lmtp\" or \"smtp\"");
  if (listen.plaintext && listen.protocol != Protocol::kPop3)
    wrong("plaintext", "goes with protocol = \"pop3\": nobody logs in elsewhere");
  if (!listen.tls_min_version) return;
  if (listen.tls == TlsMode::kNone)
    wrong("tls_min_version", "goes with tls = \"starttls\" or \"implicit\"");
  else if (is_old(*listen.tls_min_version) && listen.networks.empty())
    wrong("tls_min_version",
          "below \"1.2\" needs listen.networks: say which devices are so old, as in "
          "[\"192.0.2.32/28\"]");
}

bool takes_any_port(const config::Address& address) {
  return address.unix_path.empty() && address.passed_as.empty() && address.port == 0;
}

bool is_empty_array(const Node& node) { return node.kind == Kind::kArray && node.items.empty(); }

void apply_listen(const Rules& rules, std::vector<Listen>& listen) {
  const Node* tables = find(rules.root, "listen");
  std::map<std::string, int> lines;  // Of the addresses seen so far.
  for (std::size_t i = 0; i < listen.size(); ++i) {
    const Node& table = tables->items[i];
    apply_listener(rules, table, listen[i]);
    check_proxy(rules, table, listen[i]);
    check_peers(rules, table, listen[i]);
    const config::Address& address = listen[i].address;
    if (takes_any_port(address)) continue;  // Also an address with a mistake.
    const int line = line_of(table, "address");
    const auto [first, is_new] = lines.emplace(address.to_string(), line);
    if (!is_new)
      rules.mistakes.add(line, "listen.address",
                         fmt::format("{} is taken by line {}", first->first, first->second));
  }
  if (rules.purpose == Purpose::kServer && (tables == nullptr || is_empty_array(*tables)))
    rules.mistakes.add(line_of(rules.root, "listen"), "listen", no_listeners());
}

void apply_routes(const Rules& rules, const std::vector<FarServer>& routes) {
  const Node* const tables = find(rules.root, "route");
  if (tables == nullptr || tables->items.size() != routes.size()) return;
  std::map<std::string, int> servers;  // Their lines, for those so far.
  std::map<std::string, int> domains;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Node& table = tables->items[i];
    const auto wrong = [&](std::string_view key, std::string_view text) {
      rules.mistakes.add(line_of(table, key), fmt::format("route.{}", key), text);
    };
    const int line = line_of(table, "pop3");
    const auto [server, is_new] = servers.emplace(config::far_pop3_text(routes[i].pop3), line);
    if (!is_new && routes[i].pop3.port != 0)
      wrong("pop3", fmt::format("{} is taken by line {}", server->first, server->second));
    for (const std::string& domain : routes[i].domains)
      if (!domains.emplace(domain, line).second)
        wrong("domains", fmt::format("{} has a route by line {}", domain, domains[domain]));
    const std::string why =
        routes[i].ca_file.empty() ? "" : why_unreadable(routes[i].ca_file, rules.purpose);
    if (!why.empty())
      wrong("ca_file", fmt::format("cannot read {}: {}", routes[i].ca_file.string(), why));
  }
}

void apply_migrate(const Rules& rules, const Config& config) {
  const Migrate& migrate = config.migrate;
  const Node* const table = find(rules.root, "migrate");
  if (table == nullptr || migrate.on_login.empty()) return;
  const auto wrong = [&](std::string_view key, std::string_view text) {
    rules.mistakes.add(line_of(*table, key), fmt::format("migrate.{}", key), text);
  };
  for (const std::string& domain : migrate.on_login) {
    const auto has = [&domain](const FarServer& route) {
      return std::ranges::find(route.domains, domain) != route.domains.end();
    };
    if (std::ranges::none_of(config.route, has))
      wrong("on_login", fmt::format("{} is in the domains of no [[route]], which says where its "
                                    "users come from",
                                    domain));
  }
  const accounts::Settings& accounts = config.accounts;
  if (accounts.backend != accounts::Backend::kSqlite || !accounts.next.empty())
    wrong("on_login",
          "needs accounts.backend = \"sqlite\", and no other beside it: accounts are "
          "made there");
  if (!accounts.names.fold_local_part)
    wrong("on_login",
          "needs accounts.fold_local_part = true: the old server may take Alice and "
          "alice for one, who would come twice");
  if (migrate.wait >= config.limits.login_timeout)
    wrong("wait", "must be less than limits.login_timeout: the client hears nothing after that");
}

void apply_oauth(const Rules& rules, const accounts::oauth::OauthSettings& oauth) {
  const Node* const table = find(rules.root, "oauth");
  if (table == nullptr || table->kind != Kind::kTable) return;
  const auto has = [table](std::string_view key) { return find(*table, key) != nullptr; };
  const auto wrong = [&](std::string_view key, std::string_view text) {
    rules.mistakes.add(line_of(*table, key), fmt::format("oauth.{}", key), text);
  };
  if (!has("jwks_url") && !has("jwks_file") && !has("introspection_url"))
    wrong("jwks_url", "is missing; tokens are checked by jwks_url, jwks_file or introspection_url");
  if (has("jwks_url") && has("jwks_file"))
    wrong("jwks_file", "goes without jwks_url: keys are fetched, or read from a file");
  if ((has("jwks_url") || has("jwks_file")) && !has("audience"))
    wrong("audience", "is missing; without it a token for any other service would let in here");
  if (has("client_secret_file") && !has("client_id"))
    wrong("client_id", "is missing; client_secret_file is this client's");
  const auto readable = [&](std::string_view key, const std::filesystem::path& path) {
    if (path.empty()) return;
    const std::string why = why_unreadable(path, rules.purpose);
    if (!why.empty()) wrong(key, fmt::format("cannot read {}: {}", path.string(), why));
  };
  readable("jwks_file", oauth.jwks_file);
  readable("client_secret_file", oauth.client_secret_file);
  readable("ca_file", oauth.ca_file);
}

/// The tools only look: theirs is a sentence of its own.
void check_control(const Rules& rules, const Config& config) {
  if (rules.purpose == Purpose::kTools) return;
  if (const std::string mistake = control_mistake(config.data_dir); !mistake.empty())
    rules.mistakes.add(line_of(rules.root, "data_dir"), "data_dir", mistake);
}

/// The journal's folder has files of names that data_dir has, too, and old ones are removed there.
void check_journal(const Rules& rules, const Config& config) {
  if (config.journal.path.empty()) return;
  const auto whole = [](const std::filesystem::path& path) {
    std::filesystem::path out = path.lexically_normal();
    return out.has_filename() ? out : out.parent_path();
  };
  const Node* const table = find(rules.root, "journal");
  if (table != nullptr && whole(config.journal.path) == whole(config.data_dir))
    rules.mistakes.add(line_of(*table, "path"), "journal.path",
                       "must be a folder of its own, and not data_dir itself");
}

}  // namespace

void apply_rules(const Node& root, Purpose purpose, Config& config, Mistakes& mistakes) {
  const Rules rules{root, purpose, mistakes};
  if (config.hostname.empty()) config.hostname = machine_name();
  apply_tls(rules, config.tls);
  apply_auth(rules, config);
  apply_listen(rules, config.listen);
  accounts::apply_rules(root, config.data_dir, config.accounts, mistakes);
  apply_oauth(rules, config.oauth);
  apply_routes(rules, config.route);
  check_control(rules, config);
  check_journal(rules, config);
  apply_pages(root, purpose, config, mistakes);
  apply_migrate(rules, config);
}

std::string_view no_listeners() {
  return "at least one [[listen]] table is needed, as in: [[listen]] protocol = \"pop3\" "
         "address = \"127.0.0.1:1110\"";
}

}  // namespace restante::settings
