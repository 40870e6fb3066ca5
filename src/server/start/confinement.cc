#include "server/start/confinement.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "files/descriptor.h"
#include "files/errors.h"
#include "files/readable.h"
#include "server/common/log.h"
#include "server/start/installation.h"
#include "server/start/listeners.h"

namespace restante::server {
namespace {

using process::Access;
using process::FileRule;
using process::Owner;
using process::PathRule;

constexpr const char* kRootRefused =
    "server.user: is missing, and root started the server: name the user that it shall become, or "
    "set server.allow_root = true";

template <typename Action>
void for_each_source(const settings::Config& config, Action action) {
  action(config.accounts);
  for (const accounts::BackendSettings& source : config.accounts.next) action(source);
}

bool uses(const settings::Config& config, accounts::Backend backend) {
  bool found = false;
  for_each_source(config, [&](const accounts::BackendSettings& source) {
    found = found || source.backend == backend;
  });
  return found;
}

bool uses_pam(const settings::Config& config) { return uses(config, accounts::Backend::kPam); }

/// Whether other machines are asked, through libraries that have files and settings of their own.
bool asks_others(const settings::Config& config) {
  return uses_pam(config) || uses(config, accounts::Backend::kLdap) ||
         uses(config, accounts::Backend::kPostgresql) ||
         config.accounts.own.kind == accounts::SettingsPlace::Kind::kPostgresql ||
         !config.oauth.claims.issuer.empty();
}

constexpr const char* kPamNeeds =
    "accounts.backend \"pam\": its modules may run helpers that gain rights (pam_unix: "
    "unix_chkpwd), which a sandbox forbids";

/// The folder of a file, so that another file of its name may be put there; the file alone where
/// the folder would give away much more.
void add_replaceable(const std::filesystem::path& file, Access access,
                     std::vector<PathRule>& rules) {
  if (file.empty()) return;
  const std::filesystem::path folder = file.parent_path();
  const bool too_much = folder == "/" || folder == "/etc";
  rules.push_back({too_much && access == Access::kRead ? file : folder, access});
  // A link leads into another folder (Let's Encrypt keeps certificates so), which must be readable,
  // too.
  std::error_code failure;
  const std::filesystem::path target = std::filesystem::canonical(file, failure);
  if (!failure && target.parent_path() != folder) rules.push_back({target.parent_path(), access});
}

std::filesystem::path whole(const std::filesystem::path& path) {
  std::error_code failure;
  const std::filesystem::path out = std::filesystem::absolute(path, failure);
  return failure ? path : out;
}

std::vector<std::pair<std::string, std::filesystem::path>> reload_files(
    const settings::Config& config, const std::filesystem::path& config_path) {
  std::vector<std::pair<std::string, std::filesystem::path>> out{{"configuration", config_path}};
  for (const net::CertificateFiles& pair : config.tls.certificates) {
    out.emplace_back("tls.certificate", pair.certificate);
    out.emplace_back("tls.private_key", pair.private_key);
  }
  if (!config.autoconfig.profile_key.empty()) {
    out.emplace_back("autoconfig.profile_certificate", config.autoconfig.profile_certificate);
    out.emplace_back("autoconfig.profile_key", config.autoconfig.profile_key);
  }
  for (const settings::Listen& listen : config.listen)
    if (!listen.token_file.empty()) out.emplace_back("listen.token_file", listen.token_file);
  if (!config.tls.client_ca.empty()) out.emplace_back("tls.client_ca", config.tls.client_ca);
  if (!config.tls.client_crl.empty()) out.emplace_back("tls.client_crl", config.tls.client_crl);
  for_each_source(config, [&out](const accounts::BackendSettings& source) {
    if (source.backend == accounts::Backend::kPasswdFile)
      out.emplace_back("accounts.path", source.path);
    if (!source.aliases.empty()) out.emplace_back("accounts.aliases", source.aliases);
  });
  return out;
}

std::string reason_of(const std::filesystem::path& path) {
  const std::string opened = files::reason_of(errno);
  const std::string why = files::why_unreadable(path);
  return why.empty() ? opened : why;  // The file itself allows it, so a sandbox forbids it.
}

/// Opens each file: no other call asks everything that guards one.
void warn_of_unreadable(const settings::Config& config, const std::filesystem::path& config_path,
                        const process::Identity& user) {
  for (const auto& [key, path] : reload_files(config, config_path)) {
    const files::Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd.is_open()) continue;
    spdlog::warn(
        "a reload (SIGHUP) cannot read {}={} as user {} ({}): restart instead, or give it to a "
        "group of that user: chgrp GROUP {} && chmod 0640 {}",
        key, for_log(path.native()), user.name, reason_of(path), for_log(path.native()),
        for_log(path.native()));
  }
}

}  // namespace

Result<process::Identity> server_identity(const settings::Config& config) {
  const settings::Server& server = config.server;
  process::Identity out = process::own_identity();
  if (!server.user.empty()) {
    auto found = process::find_identity(server.user, server.group);
    if (!found) return Error(Errc::kSyntax, "server.user: " + found.error().detail);
    out = std::move(*found);
  }
  const uid_t self = ::geteuid();
  if (self != 0 && out.user != self)
    return Error(Errc::kSyntax, "server.user: only root can become " + out.name + ", and " +
                                    process::own_identity().name + " started the server");
  if (out.user == 0 && !server.allow_root)
    return Error(Errc::kSyntax, server.user.empty()
                                    ? kRootRefused
                                    : "server.user: is root; that needs server.allow_root = true");
  return out;
}

namespace {

/// A password in PostgreSQL's own words, where it is not in a passfile: "password=…", or
/// "postgresql://user:…@host".
bool holds_password(const std::string& connection) {
  const bool in_address =
      connection.find("://") != std::string::npos && connection.find('@') != std::string::npos;
  return in_address || connection.find("password") != std::string::npos;
}

bool holds_password(const settings::Config& config) {
  bool found = holds_password(config.accounts.own.postgresql.connection);
  for_each_source(config, [&found](const accounts::BackendSettings& source) {
    found = found || holds_password(source.postgresql.connection);
  });
  return found;
}

}  // namespace

Status check_secrets(const settings::Config& config, const std::filesystem::path& config_path,
                     const process::Identity& user) {
  std::vector<FileRule> rules;
  rules.emplace_back("data_dir", config.data_dir, 07U, Owner::kUser);
  // With a password in it, the configuration must not even be read by others.
  rules.emplace_back("configuration", config_path, holds_password(config) ? 07U : 02U, Owner::kAny);
  if (config.journal.enabled && !config.journal.path.empty())
    rules.emplace_back("journal.path", config.journal.path, 077U, Owner::kUser);
  for_each_source(config, [&rules](const accounts::BackendSettings& source) {
    if (source.path.empty()) return;
    const bool sqlite = source.backend == accounts::Backend::kSqlite;
    rules.emplace_back("accounts.path", source.path, 07U,
                       sqlite ? Owner::kUser : Owner::kUserOrRoot);
  });
  for_each_source(config, [&rules](const accounts::BackendSettings& source) {
    if (!source.ldap.bind_password_file.empty())
      rules.emplace_back("accounts.bind_password_file", source.ldap.bind_password_file, 07U,
                         Owner::kUserOrRoot);
  });
  if (!config.oauth.client_secret_file.empty())
    rules.emplace_back("oauth.client_secret_file", config.oauth.client_secret_file, 07U,
                       Owner::kUserOrRoot);
  for (const net::CertificateFiles& pair : config.tls.certificates)
    rules.emplace_back("tls.private_key", pair.private_key, 07U, Owner::kUserOrRoot);
  if (!config.autoconfig.profile_key.empty())
    rules.emplace_back("autoconfig.profile_key", config.autoconfig.profile_key, 07U,
                       Owner::kUserOrRoot);
  for (const settings::Listen& listen : config.listen)
    if (!listen.token_file.empty())
      rules.emplace_back("listen.token_file", listen.token_file, 077U, Owner::kUserOrRoot);
  for (const FileRule& rule : rules)
    if (const Status checked = process::check_file(rule, user); !checked)
      return Error(Errc::kSyntax, checked.error().detail);
  return ok();
}

process::SandboxPlan sandbox_plan(const settings::Config& config,
                                  const std::filesystem::path& config_path) {
  process::SandboxPlan plan;
  plan.paths.push_back({config.data_dir, Access::kReadWrite});
  // A witness in a folder that is closed to the server's user must not cost the whole sandbox.
  if (const auto witness = InstallationPlaces(config).witness_dir;
      ::access(witness.c_str(), F_OK) == 0)
    plan.paths.push_back({witness, Access::kReadWrite});
  if (const auto& journal = config.journal.path;
      config.journal.enabled && !journal.empty() && ::access(journal.c_str(), F_OK) == 0)
    plan.paths.push_back({journal, Access::kReadWrite});
  for_each_source(config, [&plan](const accounts::BackendSettings& source) {
    // SQLite makes files beside its database.
    if (source.backend == accounts::Backend::kSqlite)
      add_replaceable(source.path, Access::kReadWrite, plan.paths);
  });
  for (const auto& [key, path] : reload_files(config, whole(config_path)))
    add_replaceable(path, Access::kRead, plan.paths);
  if (process::kSanitized) {
    plan.calls.sanitizers = true;
    plan.paths.push_back({"/proc", Access::kRead});
    plan.paths.push_back({"/usr", Access::kRun});
  }
  if (asks_others(config)) {
    // Their libraries read names, certificates, settings and plug-ins in many places.
    plan.paths.push_back({"/", Access::kRead});
    plan.tcp = process::Tcp::kConnect;
    plan.calls.network = true;
    plan.calls.helpers = uses_pam(config);
  }
  return plan;
}

Result<process::Sandbox> confine(const settings::Config& config,
                                 const std::filesystem::path& config_path,
                                 const process::Identity& user) {
  // OpenSSL reads the machine's settings when it is first used, which the sandbox would forbid.
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  // The user first: inside the sandbox the calls that change it are forbidden.
  if (const Status became = process::become(user); !became) return became.error();
  process::Sandbox sandbox;
  if (config.server.sandbox == settings::Sandbox::kAuto && uses_pam(config))
    sandbox.missing.push_back(std::string(kPamNeeds) + ": none is entered");
  else if (config.server.sandbox != settings::Sandbox::kOff)
    sandbox = process::enter_sandbox(sandbox_plan(config, config_path));
  announcements().info("sandbox: user={} {}", for_log(user.name), sandbox.to_string());
  for (const std::string& missing : sandbox.missing) spdlog::warn("sandbox: {}", missing);
  if (config.server.sandbox == settings::Sandbox::kOn && !sandbox.complete())
    return Error(Errc::kState, "server.sandbox is \"on\", and a part of it is missing: " +
                                   sandbox.missing.front() + "; \"auto\" takes what is there");
  warn_of_unreadable(config, config_path, user);
  return sandbox;
}

process::Identity probable_identity(const settings::Config& config) {
  if (auto named = server_identity(config)) return std::move(*named);
  struct stat found {};
  const process::Identity self = process::own_identity();
  if (self.user != 0 || ::stat(config.data_dir.c_str(), &found) != 0) return self;
  return process::identity_of(found.st_uid, found.st_gid);
}

namespace {

/// Warns of a listener's group that the server's user is not in. Root needs no group: it gives the
/// sockets away before it changes to that user.
void warn_of_groups(const settings::Config& config, const process::Identity& user,
                    std::vector<std::string>& out) {
  const bool root_starts = ::geteuid() == 0 && !config.server.user.empty();
  for (const settings::Listen& listen : config.listen) {
    if (listen.group.empty() || root_starts || user.user == 0) continue;
    const auto group = process::find_group(listen.group);
    if (!group) {
      out.push_back("listen.group: " + group.error().detail);
      continue;
    }
    const bool self = user.user == ::geteuid();
    if (self ? !process::in_group(*group) : !process::in_group(user, *group))
      out.push_back(missing_group(user.name, listen.group));
  }
}

}  // namespace

std::vector<std::string> confinement_warnings(const settings::Config& config,
                                              const std::filesystem::path& config_path) {
  std::vector<std::string> out;
  const process::Identity user = probable_identity(config);
  if (const auto found = server_identity(config); !found)
    out.push_back(user.user == 0 || ::geteuid() != 0
                      ? found.error().detail
                      : fmt::format("{}; or check it as {}, who owns data_dir: runuser -u {} -- "
                                    "restanted --check-config --config FILE",
                                    found.error().detail, user.name, user.name));
  if (const Status checked = check_secrets(config, config_path, user); !checked)
    out.push_back(checked.error().detail);
  warn_of_groups(config, user, out);
  for (const std::string& warning : old_tls_warnings(config)) out.push_back(warning);
  if (config.server.sandbox == settings::Sandbox::kOff) return out;
  if (uses_pam(config))
    out.push_back(std::string("server.sandbox: ") + kPamNeeds +
                  ": \"auto\" enters none, with \"on\" such modules fail");
  const bool demanded = config.server.sandbox == settings::Sandbox::kOn;
  for (const std::string& missing : process::missing_for_sandbox())
    out.push_back((demanded ? "server.sandbox: would refuse to start here: " : "server.sandbox: ") +
                  missing);
  return out;
}

}  // namespace restante::server
