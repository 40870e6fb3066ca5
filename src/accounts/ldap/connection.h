// One connection to an LDAP server, over libldap: bind and search, each with a time limit. Used by
// one thread at a time. The only file with libldap in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accounts/ldap/settings.h"
#include "accounts/pooled_connection.h"
#include "base/result.h"

struct ldap;
struct ldapmsg;

namespace restante::accounts::ldap {

struct SearchRequest {
  std::string base;
  std::string filter;
  std::string attribute;         ///< Which to read.
  std::string second_attribute;  ///< Another; may be empty.
  int entries_max = 2;
};

struct Entry {
  std::string dn;
  std::vector<std::string> values;         ///< Of attribute.
  std::vector<std::string> second_values;  ///< Of second_attribute.
};

class Connection final : public PooledConnection {
 public:
  /// Connected as soon as something is asked. With TLS where the settings want it; a certificate
  /// that does not fit is kIo.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);
  ~Connection();

  /// Simple bind. An empty password with a name would be no check at all (RFC 4513 s.5.1.2) and is
  /// refused here. Errors: kAuth, kIo.
  Status bind(const std::string& dn, std::string_view password);

  /// The entries below the base. More than entries_max are cut off there, without an error.
  /// Errors: kIo.
  Result<std::vector<Entry>> search(const SearchRequest& request);

 private:
  explicit Connection(const Settings& settings) : settings_(settings) {}
  Status prepare();
  Error failure(const char* call, int code);
  [[nodiscard]] std::vector<std::string> values_of(struct ::ldapmsg* entry,
                                                   const std::string& name) const;

  const Settings& settings_;  ///< Not owned; the directory's.
  struct ::ldap* handle_ = nullptr;
};

}  // namespace restante::accounts::ldap
