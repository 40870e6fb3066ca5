#include "accounts/chain/check.h"

#include <sstream>

#include "accounts/ldap/check.h"
#include "accounts/pam/directory.h"
#include "accounts/postgresql/check.h"
#include "accounts/postgresql/connection.h"
#include "accounts/postgresql/settings_store.h"
#include "accounts/sqlite/peek.h"

namespace restante::accounts {
namespace {

template <typename Part>
Part with_names(Part part, const NameRules& names) {
  part.names = names;
  return part;
}

bool is_permission(const Error& error) { return error.detail.ends_with("Permission denied"); }

KeyFaults fault_of(const pam::Settings& settings, const Error& error) {
  const bool of_list =
      !settings.users.empty() && error.detail.find(settings.users.string()) != std::string::npos;
  KeyFaults out;
  // Each of them is told at its key, so that one run of `config check` shows them all.
  std::istringstream lines(error.detail);  // A list has a line for each of its mistakes.
  for (std::string line; std::getline(lines, line);)
    out.emplace_back(of_list ? "users" : "service", line);
  return out;
}

KeyFaults check_pam(pam::Settings settings) {
  settings.users.clear();  // Faults in a file of accounts are told by its reader.
  const auto opened = pam::open_directory(settings);
  // The checking user may not read what the server's user may: no fault of the file.
  if (opened || is_permission(opened.error())) return {};
  return fault_of(settings, opened.error());
}

/// By a process, as the server: a module may hang, or crash.
KeyFaults ask_pam(pam::Settings settings) {
  settings.in_processes = true;
  // One question needs one process.
  settings.connections = 1;
  const auto opened = pam::open_directory(settings);
  if (!opened) return fault_of(settings, opened.error());
  const auto nobody = (*opened)->nobody(kNobodysName);
  if (!nobody) return {};
  // A password that no account has: PAM that lets it in lets in anybody.
  const Status answer = (*opened)->check_password(*nobody, "x", "");
  if (answer) {
    KeyFaults out;
    out.emplace_back("service", "PAM service " + settings.service +
                                    " lets anybody in, with any password (pam_permit?)");
    return out;
  }
  if (answer.error().code == Errc::kAuth) return {};
  return fault_of(settings, answer.error());
}

KeyFaults ask_sqlite(const std::filesystem::path& path) {
  // A name that cannot be there: what is asked is whether the file can.
  const auto found = sqlite::has_address(path, kNobodysName);
  KeyFaults out;
  if (!found) out.emplace_back("path", found.error().detail);
  return out;
}

}  // namespace

KeyFaults check_back_end(const BackendSettings& settings, const NameRules& names) {
  switch (settings.backend) {
    case Backend::kLdap: return ldap::check_settings(settings.ldap);
    case Backend::kPostgresql: return postgresql::check_settings(settings.postgresql);
    case Backend::kPam: return check_pam(with_names(settings.pam, names));
    case Backend::kSqlite:
    case Backend::kPasswdFile: break;
  }
  return {};
}

KeyFaults ask_back_end(const BackendSettings& settings, const NameRules& names) {
  switch (settings.backend) {
    case Backend::kLdap: return ldap::ask(with_names(settings.ldap, names));
    case Backend::kPostgresql: return postgresql::ask(with_names(settings.postgresql, names));
    case Backend::kPam: return ask_pam(with_names(settings.pam, names));
    case Backend::kSqlite: return ask_sqlite(settings.path);
    case Backend::kPasswdFile: break;  // Files are read by every check.
  }
  return {};
}

KeyFaults check_settings_place(const SettingsPlace& place) {
  KeyFaults out;
  if (place.kind != SettingsPlace::Kind::kPostgresql) return out;
  if (const Status checked = postgresql::check_connection_text(place.postgresql.connection);
      !checked)
    out.emplace_back("settings_connection", checked.error().detail);
  return out;
}

KeyFaults ask_settings_place(const SettingsPlace& place) {
  KeyFaults out;
  if (place.kind != SettingsPlace::Kind::kPostgresql) return out;
  if (const Status asked = postgresql::ask_settings_tables(place.postgresql); !asked)
    out.emplace_back("settings_connection", asked.error().detail);
  return out;
}

std::string name_of(const BackendSettings& settings) {
  switch (settings.backend) {
    case Backend::kSqlite: return "sqlite";
    case Backend::kPasswdFile: return "passwd-file";
    case Backend::kPam: return "pam";
    case Backend::kLdap: return "ldap " + settings.ldap.uri;
    case Backend::kPostgresql: return "postgresql";
  }
  return "unknown";
}

}  // namespace restante::accounts
